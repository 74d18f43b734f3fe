package hot

import (
	"reflect"
	"slices"
	"strings"
)

func (s *Scope) getParam(arg any) (any, error) {
	path := []any{arg}
	if list, ok := arg.([]any); ok {
		r, err := s.resolveList(list)
		if err != nil {
			return nil, err
		}
		path, _ = r.([]any)
	}
	if len(path) == 0 {
		return nil, badArgs("get_param", "a name")
	}
	v, ok := s.Params[Text(path[0])]
	if !ok {
		if _, declared := s.Template.Parameters[Text(path[0])]; declared {
			return Unknown{}, nil
		}
		return nil, refuse("StackValidationFailed", "The Parameter (%s) was not provided.", Text(path[0]))
	}
	return Walk(v, path[1:]), nil
}

func (s *Scope) getResource(arg any) (any, error) {
	name, err := s.Resolve(arg)
	if err != nil || s.Reference == nil {
		return Unknown{}, err
	}
	return s.Reference(Text(name))
}

func (s *Scope) getAttr(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	path, ok := r.([]any)
	if !ok || len(path) < 2 {
		return nil, badArgs("get_attr", "of the form [resource_name, attribute, (path), ...]")
	}
	if s.Attribute == nil || unknown(path...) {
		return Unknown{}, nil
	}
	return s.Attribute(Text(path[0]), path[1:])
}

func (s *Scope) getFile(arg any) (any, error) {
	key, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	text, ok := s.Files[Text(key)]
	if !ok {
		return nil, refuse("StackValidationFailed", "No content found in the \"files\" section for get_file path: %s", Text(key))
	}
	return text, nil
}

func (s *Scope) args(name string, arg any, keys ...string) ([]any, error) {
	m, ok := arg.(map[string]any)
	if !ok {
		return nil, badArgs(name, "a map")
	}
	out := make([]any, len(keys))
	for i, key := range keys {
		raw, ok := m[key]
		if !ok {
			return nil, badArgs(name, "a map with "+strings.Join(keys, " and "))
		}
		v, err := s.Resolve(raw)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// repeat makes one copy of the template per combination of for_each.
func (s *Scope) repeat(arg any) (any, error) {
	m, ok := arg.(map[string]any)
	if !ok {
		return nil, badArgs("repeat", "a map")
	}
	each, err := s.Resolve(m["for_each"])
	if err != nil {
		return nil, err
	}
	over, ok := each.(map[string]any)
	if !ok {
		if unknown(each) {
			return Unknown{}, nil
		}
		return nil, badArgs("repeat", "a map with for_each and template")
	}
	combos := []map[string]any{{}}
	for _, name := range Keys(over) {
		if unknown(over[name]) {
			return Unknown{}, nil
		}
		values, _ := over[name].([]any)
		if values == nil {
			for _, k := range Keys(asMap(over[name])) {
				values = append(values, k)
			}
		}
		var next []map[string]any
		for _, c := range combos {
			for _, v := range values {
				n := map[string]any{name: v}
				for k, e := range c {
					n[k] = e
				}
				next = append(next, n)
			}
		}
		combos = next
	}
	out := []any{}
	for _, c := range combos {
		v, err := s.Resolve(substitute(m["template"], c))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func asMap(v any) map[string]any { m, _ := v.(map[string]any); return m }

func substitute(v any, values map[string]any) any {
	switch v := v.(type) {
	case string:
		if whole, ok := values[v]; ok {
			return whole
		}
		for _, name := range Keys(values) {
			v = strings.ReplaceAll(v, name, Text(values[name]))
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = substitute(v[i], values)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[Text(substitute(k, values))] = substitute(v[k], values)
		}
		return out
	default:
		return v
	}
}

func (s *Scope) ifElse(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) < 2 || len(list) > 3 {
		return nil, badArgs("if", "of the form: [condition_name, value_if_true, value_if_false]")
	}
	on, err := s.Enabled(list[0])
	switch {
	case err != nil:
		return nil, err
	case on:
		return s.Resolve(list[1])
	case len(list) == 3:
		return s.Resolve(list[2])
	default:
		return dropped{}, nil
	}
}

func (s *Scope) equals(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) != 2 {
		return nil, badArgs("equals", "of the form: [value_1, value_2]")
	}
	return Equal(list[0], list[1]), nil
}

// Equal compares values as Python does: 1 equals 1.0, but not "1".
func Equal(a, b any) bool {
	switch a.(type) {
	case int64, float64:
		switch b.(type) {
		case int64, float64:
			x, _ := float(a)
			y, _ := float(b)
			return x == y
		}
	}
	return reflect.DeepEqual(a, b)
}

func (s *Scope) not(arg any) (any, error) {
	v, err := s.condition(arg)
	return !v, err
}

// logic is and (until false) or or (until true).
func logic(until bool) function {
	return func(s *Scope, arg any) (any, error) {
		list, ok := arg.([]any)
		if !ok || len(list) < 2 {
			return nil, badArgs("and/or", "a list of at least two conditions")
		}
		for _, e := range list {
			v, err := s.condition(e)
			if err != nil {
				return nil, err
			}
			if v == until {
				return until, nil
			}
		}
		return !until, nil
	}
}

func (s *Scope) mapMerge(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok {
		return nil, refuse("TypeError", "Incorrect arguments: Items to merge must be maps.")
	}
	out := map[string]any{}
	for _, e := range list {
		switch m := e.(type) {
		case nil:
		case Unknown:
			return m, nil
		case map[string]any:
			for k, v := range m {
				out[k] = v
			}
		default:
			return nil, refuse("TypeError", "Incorrect arguments: Items to merge must be maps.")
		}
	}
	return out, nil
}

func (s *Scope) mapReplace(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) != 2 {
		return nil, badArgs("map_replace", "a list: [map, {keys: {}, values: {}}]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	swap := asMap(list[1])
	keys, values := asMap(swap["keys"]), asMap(swap["values"])
	out := map[string]any{}
	for _, k := range Keys(asMap(list[0])) {
		v := asMap(list[0])[k]
		if n, ok := values[Text(v)]; ok {
			v = n
		}
		if n, ok := keys[k]; ok {
			k = Text(n)
		}
		out[k] = v
	}
	return out, nil
}

func listConcat(unique bool) function {
	return func(s *Scope, arg any) (any, error) {
		r, err := s.Resolve(arg)
		if err != nil {
			return nil, err
		}
		list, _ := r.([]any)
		out := []any{}
		for _, e := range list {
			switch l := e.(type) {
			case nil:
			case Unknown:
				return l, nil
			case []any:
				for _, v := range l {
					if !unique || !slices.ContainsFunc(out, func(o any) bool { return Equal(o, v) }) {
						out = append(out, v)
					}
				}
			default:
				return nil, refuse("TypeError", "Incorrect arguments: \"list_concat\" should be lists")
			}
		}
		return out, nil
	}
}

func (s *Scope) contains(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) != 2 {
		return nil, badArgs("contains", "of the form: [value, sequence]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	if text, ok := list[1].(string); ok {
		return strings.Contains(text, Text(list[0])), nil
	}
	in, _ := list[1].([]any)
	return slices.ContainsFunc(in, func(v any) bool { return Equal(v, list[0]) }), nil
}

func (s *Scope) filter(arg any) (any, error) {
	r, err := s.Resolve(arg)
	if err != nil {
		return nil, err
	}
	list, ok := r.([]any)
	if !ok || len(list) != 2 {
		return nil, badArgs("filter", "a list: [values, list]")
	}
	if unknown(list...) {
		return Unknown{}, nil
	}
	without, _ := list[0].([]any)
	from, _ := list[1].([]any)
	out := []any{}
	for _, v := range from {
		if !slices.ContainsFunc(without, func(w any) bool { return Equal(v, w) }) {
			out = append(out, v)
		}
	}
	return out, nil
}
