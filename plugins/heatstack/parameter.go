package heatstack

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// masked is what Heat shows of a hidden parameter.
const masked = "******"

// parameter is one parameter that a template declares.
type parameter struct {
	kind    string // string, number, boolean, comma_delimited_list, json
	hidden  bool
	def     string // as stored; "" and hasDef false: it must be given
	hasDef  bool
	literal any // the default as the template has it
}

// declared reads a template's parameters section.
func declared(template map[string]any) (map[string]parameter, error) {
	out := map[string]parameter{}
	for _, name := range keys(mapAt(template, "parameters")) {
		p := parameter{kind: textAt(template, "parameters", name, "type")}
		switch p.kind {
		case "string", "number", "boolean", "comma_delimited_list", "json":
		default:
			return nil, fmt.Errorf("parameter %q has no type that Heat knows (%q)", name, p.kind)
		}
		switch h := at(template, "parameters", name, "hidden").(type) {
		case bool:
			p.hidden = h
		case string:
			p.hidden = isWord(h, "true", "yes", "on", "1")
		}
		if v, ok := mapAt(template, "parameters", name)["default"]; ok {
			text, err := stored(p.kind, v)
			if err != nil {
				return nil, fmt.Errorf("default of parameter %q: %w", name, err)
			}
			p.def, p.hasDef, p.literal = text, true, v
		}
		out[name] = p
	}
	return out, nil
}

// stored gives a value as the string that is sent, in one spelling for all
// values that Heat takes for the same.
func stored(kind string, v any) (string, error) {
	switch kind {
	case "json":
		if s, ok := v.(string); ok {
			if !json.Valid([]byte(s)) {
				return "", fmt.Errorf("not JSON")
			}
			return normal(kind, s), nil
		}
		text, err := json.Marshal(v)
		if err != nil {
			return "", err
		}
		return normal(kind, string(text)), nil
	case "comma_delimited_list":
		return list(v)
	}
	text, err := scalar(v)
	if err != nil {
		return "", err
	}
	switch kind {
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "", fmt.Errorf("%q is not a number", text)
		}
	case "boolean":
		if _, ok := truth(text); !ok {
			return "", fmt.Errorf("%q is not a boolean", text)
		}
	}
	return normal(kind, text), nil
}

func scalar(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool, int, int32, int64:
		return fmt.Sprint(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("a %T is no value for it", v)
}

func list(v any) (string, error) {
	var parts []string
	switch v := v.(type) {
	case nil:
	case string:
		return normal("comma_delimited_list", v), nil
	case []string:
		parts = v
	case []any:
		for _, e := range v {
			s, err := scalar(e)
			if err != nil {
				return "", err
			}
			parts = append(parts, s)
		}
	default:
		return "", fmt.Errorf("a %T is no list", v)
	}
	for _, p := range parts {
		if strings.Contains(p, ",") {
			return "", fmt.Errorf("%q has a comma", p)
		}
	}
	return normal("comma_delimited_list", strings.Join(parts, ",")), nil
}

// normal brings what Heat shows of a parameter to the spelling of stored: Heat
// shows booleans as True, numbers and lists reparsed, json redumped.
func normal(kind, text string) string {
	switch kind {
	case "boolean":
		if b, ok := truth(text); ok {
			return strconv.FormatBool(b)
		}
	case "number":
		if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	case "comma_delimited_list":
		parts := strings.Split(text, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return strings.Join(parts, ",")
	case "json":
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			if text, err := json.Marshal(v); err == nil {
				return string(text)
			}
		}
	}
	return text
}

// truth reads a boolean as oslo.utils does.
func truth(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "t", "true", "on", "y", "yes":
		return true, true
	case "0", "f", "false", "off", "n", "no":
		return false, true
	}
	return false, false
}

// less compares numbers written as text.
func less(a, b string) bool {
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return x < y
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
