package heatsim

import (
	"errors"
	"net/http"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// validate is POST /validate.
func (c *Cloud) validate(k *call) (*answer, error) {
	r, err := readRequest(k)
	if err != nil {
		return nil, err
	}
	tmpl, err := c.requestTemplate(r)
	if err != nil {
		return nil, err
	}
	if tmpl == nil {
		return nil, badRequest("No template specified")
	}
	env, err := readEnvironment(r)
	if err != nil {
		return nil, err
	}
	d := &definition{template: tmpl, files: r.files, env: env}
	d.values, err = tmpl.Bind(hot.Given{Parameters: env.parameters, Defaults: env.defaults, Lookup: c.exists, Partial: true, Existing: true})
	if err != nil {
		return nil, err
	}
	if err := c.verify(d, probe(d, "", "", k.proj.id), 0); err != nil {
		return nil, badRequest(plainMessage(err))
	}
	params := map[string]any{}
	for name, p := range tmpl.Parameters {
		params[name] = validated(p, env.parameters[name])
	}
	groups := tmpl.Groups
	if groups == nil {
		groups = []any{}
	}
	body := map[string]any{
		"Description": description(&stack{def: d}), "Parameters": params, "ParameterGroups": groups,
		"Environment": map[string]any{
			"parameters": env.parameters, "parameter_defaults": env.defaults,
			"resource_registry": map[string]any{"resources": map[string]any{}}, "encrypted_param_names": []any{}, "event_sinks": []any{},
		},
	}
	return reply(http.StatusOK, body), nil
}

// plainMessage is an error's text without its kind.
func plainMessage(err error) string {
	var f *fault
	if errors.As(err, &f) {
		return f.message
	}
	return err.Error()
}

var validatedTypes = map[string]string{
	"string": "String", "number": "Number", "json": "Json", "comma_delimited_list": "CommaDelimitedList", "boolean": "Boolean",
}

func validated(p *hot.Parameter, value any) map[string]any {
	label := p.Label
	if label == "" {
		label = p.Name
	}
	noEcho := "false"
	if p.Hidden {
		noEcho = "true"
	}
	m := map[string]any{"Type": validatedTypes[p.Type], "NoEcho": noEcho, "Description": p.Description, "Label": label}
	if p.HasDefault {
		m["Default"] = p.Default
	}
	if value != nil {
		m["Value"] = value
	}
	for _, con := range p.Constraints {
		spec, _ := con.Spec.(map[string]any)
		switch con.Kind {
		case "length":
			put(m, "MinLength", spec["min"])
			put(m, "MaxLength", spec["max"])
		case "range":
			put(m, "MinValue", spec["min"])
			put(m, "MaxValue", spec["max"])
		case "modulo":
			put(m, "Step", spec["step"])
			put(m, "Offset", spec["offset"])
		case "allowed_values":
			m["AllowedValues"] = con.Spec
		case "allowed_pattern":
			m["AllowedPattern"] = con.Spec
		case "custom_constraint":
			m["CustomConstraint"] = con.Spec
		}
		put(m, "ConstraintDescription", any(con.Description))
	}
	return m
}

func put(m map[string]any, key string, v any) {
	if v != nil && v != "" {
		m[key] = v
	}
}
