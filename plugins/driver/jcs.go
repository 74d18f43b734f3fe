package driver

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// canonical appends the canonical JSON of v (RFC 8785): nil, bool, float64,
// string, []any, map[string]any, map[string]string.
func canonical(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case float64:
		return canonicalNumber(b, v)
	case string:
		return canonicalString(b, v)
	case []any:
		return canonicalList(b, v)
	case map[string]any:
		return canonicalObject(b, v)
	case map[string]string:
		return canonicalObject(b, v)
	default:
		return nil, fmt.Errorf("canonical JSON of a %T", v)
	}
}

func canonicalList(b []byte, list []any) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = canonical(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func canonicalObject[V any](b []byte, object map[string]V) (_ []byte, err error) {
	b = append(b, '{')
	for i, key := range keysByUTF16(object) {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = canonicalString(b, key); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = canonical(b, object[key]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// keysByUTF16 sorts by UTF-16 code units, as RFC 8785 section 3.2.3 has it: that
// differs from the order of bytes for characters beyond the basic plane.
func keysByUTF16[V any](object map[string]V) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareUTF16)
	return keys
}

// compareUTF16 encodes only what the bytes' order may be wrong for: the orders
// agree but where a character beyond the basic plane (bytes from 0xf0) meets
// another one.
func compareUTF16(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if max(a[i], b[i]) < 0xf0 {
				return cmp.Compare(a[i], b[i])
			}
			break
		}
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// canonicalNumber writes as ECMAScript does (RFC 8785 section 3.2.2.3).
func canonicalNumber(b []byte, f float64) ([]byte, error) {
	switch abs := math.Abs(f); {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, fmt.Errorf("JSON has no number %v", f)
	case f == 0: // minus zero too
		return append(b, '0'), nil
	case abs < 1e-6 || abs >= 1e21:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		sign, digits := exponent[:1], strings.TrimLeft(exponent[1:], "0")
		return append(b, mantissa+"e"+sign+digits...), nil
	default:
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
}

var shortEscapes = map[byte]string{
	'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`,
}

func canonicalString(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("text is not UTF-8: %.40q", s)
	}
	b = append(b, '"')
	from := 0 // what is not escaped goes over in one piece
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if escape, ok := shortEscapes[c]; ok {
			b = append(b, escape...)
		} else {
			b = fmt.Appendf(b, `\u%04x`, c)
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"'), nil
}
