package driver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseHeat reads a template or an environment into JSON values, the way Heat
// reads it (heat/common/template_format.py, simple_parse). Empty text is {}. The
// result must not be changed.
func parseHeat(text []byte) (any, error) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return map[string]any{}, nil
	case text[0] == '{':
		return parseJSON(text)
	default:
		return parsedYAML.parse(text)
	}
}

func parseJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return exactNumbers(v)
}

// exactNumbers turns json.Number into float64.
func exactNumbers(v any) (_ any, err error) {
	switch v := v.(type) {
	case json.Number:
		return exactNumber(v.String(), 10)
	case []any:
		for i := range v {
			if v[i], err = exactNumbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = exactNumbers(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// maxExact is the largest whole number that JSON holds exactly everywhere (RFC
// 7493 section 2.2): beyond it two templates could share a digest.
const maxExact = 1 << 53

func exactNumber(text string, base int) (any, error) {
	if n, err := strconv.ParseInt(text, base, 64); err == nil {
		if n > maxExact || n < -maxExact {
			return nil, fmt.Errorf("number %s is beyond 2^53: quote it", text)
		}
		return float64(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %s cannot be held: quote it", text)
	}
	return f, nil
}

func parseYAML(text []byte) (any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	var another yaml.Node
	if err := decoder.Decode(&another); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one YAML document")
	}
	r := yamlReader{left: maxYAMLNodes}
	return r.value(&document)
}

// maxYAMLNodes bounds what aliases can blow a text up to: as many nodes as fit into
// half a MiB without them, which is Heat's own limit (max_template_size).
const maxYAMLNodes = 1 << 18

type yamlReader struct{ left int }

func (r *yamlReader) value(n *yaml.Node) (any, error) {
	if r.left--; r.left < 0 {
		return nil, errors.New("too large, counting what its aliases repeat")
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.value(n.Content[0])
	case yaml.AliasNode:
		return r.value(n.Alias)
	case yaml.SequenceNode:
		return r.list(n)
	case yaml.MappingNode:
		return r.object(n)
	default:
		v, err := scalar(n)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n.Line, err)
		}
		return v, nil
	}
}

func (r *yamlReader) list(n *yaml.Node) (any, error) {
	list := make([]any, 0, len(n.Content))
	for _, item := range n.Content {
		v, err := r.value(item)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (r *yamlReader) object(n *yaml.Node) (map[string]any, error) {
	object := make(map[string]any, len(n.Content)/2)
	var merged []map[string]any
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a key that is not a scalar", key.Line)
		}
		if key.Tag == "!!merge" {
			more, err := r.merge(value)
			if err != nil {
				return nil, err
			}
			merged = append(merged, more...)
			continue
		}
		if _, twice := object[key.Value]; twice {
			return nil, fmt.Errorf("line %d: key %q twice", key.Line, key.Value)
		}
		v, err := r.value(value)
		if err != nil {
			return nil, err
		}
		object[key.Value] = v
	}
	for _, more := range merged { // earlier wins
		for key, v := range more {
			if _, own := object[key]; !own {
				object[key] = v
			}
		}
	}
	return object, nil
}

// merge reads the value of a "<<" key: a mapping or a list of them.
func (r *yamlReader) merge(n *yaml.Node) ([]map[string]any, error) {
	v, err := r.value(n)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []map[string]any
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("line %d: << of something that is not a mapping", n.Line)
		}
		out = append(out, object)
	}
	return out, nil
}

// What a plain scalar means to PyYAML, the loader under Heat (YAML 1.1,
// yaml/resolver.py): yes is true, 0644 is octal, 1:30 is ninety.
var (
	yamlNull     = regexp.MustCompile(`^(~|null|Null|NULL|)$`)
	yamlTrue     = regexp.MustCompile(`^(yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	yamlFalse    = regexp.MustCompile(`^(no|No|NO|false|False|FALSE|off|Off|OFF)$`)
	yamlInt      = regexp.MustCompile(`^[-+]?(0b[0-1_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$`)
	yamlBase60   = regexp.MustCompile(`^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+$`)
	yamlFloat    = regexp.MustCompile(`^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?)$`)
	yamlNoNumber = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// scalar reads one scalar. Quoted and block scalars, dates and whatever has a
// tag of its own are text.
func scalar(n *yaml.Node) (any, error) {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0 {
		return n.Value, nil
	}
	switch text := n.Value; {
	case yamlNull.MatchString(text):
		return nil, nil
	case yamlTrue.MatchString(text):
		return true, nil
	case yamlFalse.MatchString(text):
		return false, nil
	case yamlInt.MatchString(text):
		return yamlInteger(text)
	case yamlBase60.MatchString(text):
		return yamlSexagesimal(text)
	case yamlFloat.MatchString(text):
		return exactNumber(strings.ReplaceAll(text, "_", ""), 10)
	case yamlNoNumber.MatchString(text):
		return nil, fmt.Errorf("JSON has no number %s: quote it", text)
	default:
		return text, nil
	}
}

func yamlInteger(text string) (any, error) {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	sign, digits := "", text
	if strings.HasPrefix(text, "-") {
		sign, digits = "-", text[1:]
	}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0b"):
		base, digits = 2, digits[2:]
	case strings.HasPrefix(digits, "0x"):
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base, digits = 8, digits[1:]
	}
	n, err := strconv.ParseInt(sign+digits, base, 64)
	if err != nil || n > maxExact || n < -maxExact {
		return nil, fmt.Errorf("number %s is beyond 2^53: quote it", text)
	}
	return float64(n), nil
}

func yamlSexagesimal(text string) (any, error) {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	digits, negative := strings.CutPrefix(text, "-")
	total := 0.0
	for part := range strings.SplitSeq(digits, ":") {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return nil, err
		}
		total = total*60 + n
	}
	if total > maxExact {
		return nil, fmt.Errorf("number %s is beyond 2^53: quote it", text)
	}
	if negative {
		total = -total
	}
	return total, nil
}
