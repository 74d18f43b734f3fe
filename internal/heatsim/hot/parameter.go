package hot

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is the declaration of one template parameter.
type Parameter struct {
	Name        string
	Type        string // string, number, json, comma_delimited_list, boolean
	Label       string
	Description string
	Default     any
	HasDefault  bool
	Hidden      bool
	Immutable   bool
	Constraints []Constraint
	Tags        any
}

// Constraint is one entry of a parameter's constraints.
type Constraint struct {
	Kind        string // length, range, modulo, allowed_values, allowed_pattern, custom_constraint
	Spec        any
	Description string
}

var parameterTypes = []string{"string", "number", "json", "comma_delimited_list", "boolean"}

var constraintKinds = []string{
	"length", "range", "modulo", "allowed_values", "allowed_pattern", "custom_constraint",
}

func parseParameter(name string, v any) (*Parameter, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, refuse("InvalidSchemaError", "Invalid parameter schema for %s", name)
	}
	p := &Parameter{Name: name, Tags: m["tags"]}
	p.Type, _ = m["type"].(string)
	if p.Type == "" {
		return nil, refuse("InvalidSchemaError", "Missing parameter type for parameter: %s", name)
	}
	if !slices.Contains(parameterTypes, p.Type) {
		return nil, refuse("InvalidSchemaError", "Invalid type (%s)", p.Type)
	}
	p.Label, _ = m["label"].(string)
	p.Description, _ = m["description"].(string)
	p.Hidden, _ = Bool(m["hidden"])
	p.Immutable, _ = Bool(m["immutable"])
	if d, ok := m["default"]; ok && d != nil {
		p.Default, p.HasDefault = d, true
	}
	list, _ := m["constraints"].([]any)
	for _, e := range list {
		c, ok := e.(map[string]any)
		if !ok {
			return nil, refuse("InvalidSchemaError", "Invalid parameter constraints for parameter %s, expected a list", name)
		}
		constraint := Constraint{Description: Text(c["description"])}
		for _, kind := range constraintKinds {
			if spec, ok := c[kind]; ok {
				constraint.Kind, constraint.Spec = kind, spec
			}
		}
		if constraint.Kind == "" {
			return nil, refuse("InvalidSchemaError", "No constraint expressed")
		}
		p.Constraints = append(p.Constraints, constraint)
	}
	if p.HasDefault {
		if _, err := p.Value(p.Default, nil); err != nil {
			return nil, refuse("InvalidSchemaError", "%s", err.Error())
		}
	}
	return p, nil
}

// Lookup answers a custom constraint (nova.flavor, neutron.network, ...):
// whether the named thing exists. A nil Lookup accepts everything.
type Lookup func(constraint, value string) bool

// Value converts what was given to the parameter's type and checks the
// constraints.
func (p *Parameter) Value(given any, lookup Lookup) (any, error) {
	v, err := p.convert(given)
	if err != nil {
		return nil, refuse("StackValidationFailed", "Parameter '%s' is invalid: %s", p.Name, err)
	}
	for _, c := range p.Constraints {
		if err := c.check(v, lookup); err != nil {
			why := err.Error()
			if c.Description != "" {
				why = c.Description
			}
			return nil, refuse("StackValidationFailed", "Parameter '%s' is invalid: %s", p.Name, why)
		}
	}
	return v, nil
}

func (p *Parameter) convert(given any) (any, error) {
	switch p.Type {
	case "number":
		return number(given)
	case "boolean":
		b, ok := Bool(given)
		if !ok {
			//lint:ignore ST1005 Heat's own words
			return nil, fmt.Errorf("Unrecognized value '%s', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'", Text(given))
		}
		return b, nil
	case "json":
		switch g := given.(type) {
		case map[string]any, []any:
			return g, nil
		case string:
			dec := json.NewDecoder(strings.NewReader(g))
			dec.UseNumber()
			var v any
			if err := dec.Decode(&v); err != nil {
				return nil, fmt.Errorf("Value must be valid JSON: %s", err)
			}
			return Plain(v), nil
		}
		return nil, fmt.Errorf("Value must be valid JSON: %s", Text(given))
	case "comma_delimited_list":
		switch g := given.(type) {
		case []any:
			list := make([]any, len(g))
			for i := range g {
				list[i] = Text(g[i])
			}
			return list, nil
		case string:
			list := []any{}
			if g == "" {
				return list, nil
			}
			for _, e := range strings.Split(g, ",") {
				list = append(list, strings.TrimSpace(e))
			}
			return list, nil
		}
		return nil, fmt.Errorf("Value must be a comma-delimited list string: %s", Text(given))
	default:
		return Text(given), nil
	}
}

func number(v any) (any, error) {
	switch v := v.(type) {
	case int64, float64:
		return v, nil
	case string:
		s := strings.TrimSpace(v)
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return i, nil
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("could not convert string to float: '%s'", Text(v))
}

// Bool reads a boolean as Heat's parameters and properties do.
func Bool(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case int64:
		return v == 1, v == 0 || v == 1
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "t", "true", "on", "y", "yes", "1":
			return true, true
		case "f", "false", "off", "n", "no", "0":
			return false, true
		}
	}
	return false, false
}

// Shown is a parameter's value as show and environment print it: a string.
func (p *Parameter) Shown(v any) string {
	if list, ok := v.([]any); ok && p.Type == "comma_delimited_list" {
		parts := make([]string, len(list))
		for i := range list {
			parts[i] = Text(list[i])
		}
		return strings.Join(parts, ",")
	}
	return Text(v)
}

func (c Constraint) check(v any, lookup Lookup) error {
	spec, _ := c.Spec.(map[string]any)
	switch c.Kind {
	case "length":
		if n, ok := length(v); ok && !within(float64(n), spec) {
			return fmt.Errorf("length (%d) is out of range (min: %s, max: %s)", n, bound(spec, "min"), bound(spec, "max"))
		}
	case "range":
		if n, ok := float(v); ok && !within(n, spec) {
			return fmt.Errorf("%s is out of range (min: %s, max: %s)", Text(v), bound(spec, "min"), bound(spec, "max"))
		}
	case "modulo":
		n, ok := float(v)
		step, _ := float(spec["step"])
		offset, _ := float(spec["offset"])
		if ok && step != 0 && int64(n)%int64(step) != int64(offset) {
			return fmt.Errorf("%s is not a multiple of %s with an offset of %s)", Text(v), Text(spec["step"]), Text(spec["offset"]))
		}
	case "allowed_values":
		return c.checkAllowed(v)
	case "allowed_pattern":
		return c.checkPattern(v)
	case "custom_constraint":
		if lookup != nil && Text(v) != "" && !lookup(Text(c.Spec), Text(v)) {
			//lint:ignore ST1005 Heat's own words
			return fmt.Errorf("Error validating value '%s': The %s (%s) could not be found.", Text(v), Text(c.Spec), Text(v))
		}
	}
	return nil
}

func (c Constraint) checkAllowed(v any) error {
	allowed, _ := c.Spec.([]any)
	values := []any{v}
	if list, ok := v.([]any); ok {
		values = list
	}
	for _, value := range values {
		if !slices.ContainsFunc(allowed, func(a any) bool { return Text(a) == Text(value) }) {
			return fmt.Errorf("\"%s\" is not an allowed value %s", Text(value), strings.ReplaceAll(JSON(allowed), `"`, "'"))
		}
	}
	return nil
}

func (c Constraint) checkPattern(v any) error {
	re, err := regexp.Compile(`^(?:` + Text(c.Spec) + `)$`)
	if err != nil {
		return err
	}
	if !re.MatchString(Text(v)) {
		return fmt.Errorf("\"%s\" does not match pattern \"%s\"", Text(v), Text(c.Spec))
	}
	return nil
}

func length(v any) (int, bool) {
	switch v := v.(type) {
	case string:
		return len([]rune(v)), true
	case []any:
		return len(v), true
	case map[string]any:
		return len(v), true
	}
	return 0, false
}

func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

func within(n float64, spec map[string]any) bool {
	if low, ok := float(spec["min"]); ok && n < low {
		return false
	}
	high, ok := float(spec["max"])
	return !ok || n <= high
}

func bound(spec map[string]any, key string) string {
	if v, ok := spec[key]; ok {
		return Text(v)
	}
	return "None"
}
