package hot

import "strings"

// Given is what a request says about parameters: its parameters (over those
// of its environments) and the environments' parameter_defaults.
type Given struct {
	Parameters map[string]any
	Defaults   map[string]any
	// Existing is a PATCH: parameters the template does not declare are
	// dropped without a word.
	Existing bool
	// Lookup answers custom constraints; nil accepts everything.
	Lookup Lookup
	// Partial leaves parameters without a value out instead of refusing.
	Partial bool
}

// Bind gives each declared parameter its value. A nil value means the default.
func (t *Template) Bind(g Given) (map[string]any, error) {
	if !g.Existing {
		for _, name := range Keys(g.Parameters) {
			if _, ok := t.Parameters[name]; !ok && !strings.HasPrefix(name, "OS::") {
				return nil, refuse("UnknownUserParameter", "The Parameter (%s) was not defined in template.", name)
			}
		}
	}
	values := make(map[string]any, len(t.Parameters))
	for _, name := range Keys(t.Parameters) {
		p := t.Parameters[name]
		v := g.Parameters[name]
		if v == nil {
			v = g.Defaults[name]
		}
		if v == nil && p.HasDefault {
			v = p.Default
		}
		if v == nil {
			if g.Partial {
				continue
			}
			return nil, refuse("UserParameterMissing", "The Parameter (%s) was not provided.", name)
		}
		value, err := p.Value(v, g.Lookup)
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}
