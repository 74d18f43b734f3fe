package hot

import (
	"fmt"
	"slices"
	"strings"
)

// Unknown stands for a value that only exists once a resource does. Whatever
// is built from it is Unknown as well.
type Unknown struct{}

// Scope is what expressions of one stack's template are resolved against.
// It is for one goroutine.
type Scope struct {
	Template *Template
	Params   map[string]any // with the OS:: pseudo parameters
	Files    map[string]string
	// Reference gives get_resource; nil makes it Unknown.
	Reference func(resource string) (any, error)
	// Attribute gives get_attr: the path begins with the attribute's name and
	// may go on into its value (see Walk). nil makes it Unknown.
	Attribute func(resource string, path []any) (any, error)

	conditions map[string]bool // evaluated
	visiting   map[string]bool // being evaluated
}

type function func(s *Scope, arg any) (any, error)

var functions map[string]function

func init() {
	functions = map[string]function{
		"get_param": (*Scope).getParam, "get_resource": (*Scope).getResource,
		"get_attr": (*Scope).getAttr, "get_file": (*Scope).getFile,
		"str_replace": strReplace(false), "str_replace_strict": strReplace(true),
		"str_replace_vstrict": strReplace(true), "list_join": (*Scope).listJoin,
		"str_split": (*Scope).strSplit, "repeat": (*Scope).repeat, "if": (*Scope).ifElse,
		"map_merge": (*Scope).mapMerge, "map_replace": (*Scope).mapReplace,
		"list_concat": listConcat(false), "list_concat_unique": listConcat(true),
		"digest": (*Scope).digest, "contains": (*Scope).contains, "filter": (*Scope).filter,
		"make_url": (*Scope).makeURL,
	}
}

// conditionFunctions are functions in conditions (and contains besides).
var conditionFunctions = map[string]function{}

func init() {
	conditionFunctions["equals"] = (*Scope).equals
	conditionFunctions["not"] = (*Scope).not
	conditionFunctions["and"] = logic(false)
	conditionFunctions["or"] = logic(true)
	conditionFunctions["get_param"] = (*Scope).getParam
	conditionFunctions["contains"] = (*Scope).contains
}

// Resolve evaluates every function inside v; v itself is not changed.
func (s *Scope) Resolve(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		return s.resolveList(v)
	case map[string]any:
		if len(v) == 1 {
			for name, arg := range v {
				if f, ok := functions[name]; ok {
					return f(s, arg)
				}
				if name == "yaql" {
					return nil, refuse("StackValidationFailed", "yaql is not supported by this simulator")
				}
			}
		}
		out := make(map[string]any, len(v))
		for _, k := range Keys(v) {
			e, err := s.Resolve(v[k])
			if err != nil {
				return nil, err
			}
			out[k] = e
		}
		return out, nil
	default:
		return v, nil
	}
}

// dropped is a branch that is not there: an if without else.
type dropped struct{}

func (s *Scope) resolveList(list []any) (any, error) {
	out := make([]any, 0, len(list))
	for _, e := range list {
		r, err := s.Resolve(e)
		if err != nil {
			return nil, err
		}
		if _, gone := r.(dropped); !gone {
			out = append(out, r)
		}
	}
	return out, nil
}

// Properties resolves a resource's properties; branches that an if without
// else leaves out are absent.
func (s *Scope) Properties(r *Resource) (map[string]any, error) {
	out := make(map[string]any, len(r.Properties))
	for _, k := range Keys(r.Properties) {
		v, err := s.Resolve(r.Properties[k])
		if err != nil {
			return nil, err
		}
		if _, gone := v.(dropped); !gone {
			out[k] = v
		}
	}
	return out, nil
}

// Enabled says whether the condition of a resource or an output holds; no
// condition does.
func (s *Scope) Enabled(condition any) (bool, error) {
	switch c := condition.(type) {
	case nil:
		return true, nil
	case bool:
		return c, nil
	case string:
		return s.named(c)
	default:
		return s.condition(c)
	}
}

func (s *Scope) named(name string) (bool, error) {
	if v, ok := s.conditions[name]; ok {
		return v, nil
	}
	expr, ok := s.Template.Conditions[name]
	if !ok {
		return false, refuse("StackValidationFailed", "Invalid condition \"%s\"", name)
	}
	if s.conditions == nil {
		s.conditions = map[string]bool{}
	}
	if s.visiting[name] {
		return false, refuse("StackValidationFailed", "Circular definition for condition \"%s\"", name)
	}
	if s.visiting == nil {
		s.visiting = map[string]bool{}
	}
	s.visiting[name] = true
	v, err := s.condition(expr)
	delete(s.visiting, name)
	if err == nil {
		s.conditions[name] = v
	}
	return v, err
}

func (s *Scope) condition(expr any) (bool, error) {
	switch e := expr.(type) {
	case bool:
		return e, nil
	case string:
		return s.named(e)
	case map[string]any:
		if len(e) == 1 {
			for name, arg := range e {
				if f, ok := conditionFunctions[name]; ok {
					v, err := f(s, arg)
					if err != nil {
						return false, err
					}
					b, _ := Bool(v)
					return b, nil
				}
			}
		}
	}
	return false, refuse("StackValidationFailed", "Invalid condition definition: %s", JSON(expr))
}

// Depends are the names of the resources that r waits for, in order: by
// depends_on and by what its resolved branches refer to.
func (s *Scope) Depends(r *Resource) ([]string, error) {
	found := map[string]bool{}
	for _, name := range r.DependsOn {
		found[name] = true
	}
	probe := *s
	probe.Reference = func(name string) (any, error) { found[name] = true; return Unknown{}, nil }
	probe.Attribute = func(name string, _ []any) (any, error) { found[name] = true; return Unknown{}, nil }
	if _, err := probe.Properties(r); err != nil {
		return nil, err
	}
	if _, err := probe.Resolve(r.Metadata); err != nil {
		return nil, err
	}
	names := Keys(found)
	for _, name := range names {
		target, ok := s.Template.Resources[name]
		if !ok {
			return nil, refuse("InvalidTemplateReference",
				"The specified reference \"%s\" (in %s) is incorrect.", name, r.Name)
		}
		on, err := s.Enabled(target.Condition)
		if err != nil {
			return nil, err
		}
		if !on && !slices.Contains(r.DependsOn, name) {
			return nil, refuse("InvalidTemplateReference",
				"The specified reference \"%s\" (in %s) is incorrect.", name, r.Name)
		}
	}
	return slices.DeleteFunc(names, func(n string) bool {
		on, _ := s.Enabled(s.Template.Resources[n].Condition)
		return !on
	}), nil
}

// Walk follows keys and indexes into v as get_attr and get_param do. What is
// not there is nil.
func Walk(v any, path []any) any {
	for _, key := range path {
		if _, unknown := v.(Unknown); unknown {
			return v
		}
		switch c := v.(type) {
		case map[string]any:
			v = c[Text(key)]
		case []any:
			i, err := number(key)
			n, ok := i.(int64)
			if err != nil || !ok || n >= int64(len(c)) || n < -int64(len(c)) {
				return nil
			}
			if n < 0 {
				n += int64(len(c))
			}
			v = c[n]
		default:
			return nil
		}
	}
	return v
}

func unknown(values ...any) bool {
	for _, v := range values {
		switch v := v.(type) {
		case Unknown:
			return true
		case []any:
			if unknown(v...) {
				return true
			}
		case map[string]any:
			for _, e := range v {
				if unknown(e) {
					return true
				}
			}
		}
	}
	return false
}

// Pending says whether v holds an Unknown anywhere.
func Pending(v any) bool { return unknown(v) }

func badArgs(name, want string) error {
	return refuse("StackValidationFailed", "%s", fmt.Sprintf("Arguments to \"%s\" must be %s", name, strings.TrimSpace(want)))
}
