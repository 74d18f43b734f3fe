package hot

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Decode reads one YAML or JSON document as Heat's loader does: dates stay
// text, yes/no/on/off are booleans (YAML 1.1), mappings have string keys.
// Results are made of nil, bool, int64, float64, string, []any and
// map[string]any.
func Decode(text string) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	r := reader{left: maxNodes}
	return r.fromNode(doc.Content[0])
}

// maxNodes bounds what aliases can blow a text up to; one that holds itself has no
// end.
const maxNodes = 1 << 18

type reader struct{ left int }

func (r *reader) fromNode(n *yaml.Node) (any, error) {
	if r.left--; r.left < 0 {
		return nil, fmt.Errorf("line %d: too large, counting what aliases repeat", n.Line)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.fromNode(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := r.fromNode(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return r.fromMapping(n)
	default:
		return fromScalar(n)
	}
}

func (r *reader) fromMapping(n *yaml.Node) (any, error) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		v, err := r.fromNode(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		if n.Content[i].Tag == "!!merge" {
			base, ok := v.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("line %d: expected a mapping to merge", n.Content[i].Line)
			}
			for k, b := range base {
				if _, set := m[k]; !set {
					m[k] = b
				}
			}
			continue
		}
		m[n.Content[i].Value] = v
	}
	return m, nil
}

func fromScalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool", "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil {
			return nil, err
		}
		return Plain(v), nil
	}
	if n.Style == 0 && n.Tag == "!!str" {
		switch strings.ToLower(n.Value) {
		case "yes", "on":
			return true, nil
		case "no", "off":
			return false, nil
		}
	}
	return n.Value, nil
}

// Plain brings any value made by encoding/json or YAML to the set of types
// that Decode gives.
func Plain(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case uint64:
		return float64(v)
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = Plain(v[i])
		}
		return v
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list
	case map[string]any:
		for k := range v {
			v[k] = Plain(v[k])
		}
		return v
	default:
		return v
	}
}

// Text is a value as Heat writes it into a string: booleans as Python does,
// collections as JSON.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eE") {
			s += ".0"
		}
		return s
	default:
		return JSON(v)
	}
}

// JSON is a value as Python's json.dumps writes it, with sorted keys.
func JSON(v any) string {
	var b strings.Builder
	writeJSON(&b, v)
	return b.String()
}

func writeJSON(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeJSON(b, e)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range Keys(v) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.Quote(k) + ": ")
			writeJSON(b, v[k])
		}
		b.WriteByte('}')
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			raw = []byte(strconv.Quote(fmt.Sprint(v)))
		}
		b.Write(raw)
	}
}

// Keys are the keys of a map in order.
func Keys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
