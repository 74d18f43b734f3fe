package heatsim

import (
	_ "embed" // the types' schemas
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// types.json holds properties and attributes of the resource types as Heat 19
// declares them (their schemas, without the documentation).
//
//go:embed types.json
var typesJSON []byte

type schema struct {
	Properties map[string]*property `json:"properties"`
	Attributes []string             `json:"attributes"`
	Check      bool                 `json:"check"` // has a check handler
}

type property struct {
	Type      string               `json:"type"`
	Required  bool                 `json:"required"`
	Update    bool                 `json:"update"` // changes in place
	Immutable bool                 `json:"immutable"`
	Default   any                  `json:"default"`
	Allowed   []any                `json:"allowed"`
	Min       any                  `json:"min"`
	Max       any                  `json:"max"`
	Custom    string               `json:"custom"`
	Schema    map[string]*property `json:"schema"` // of a map's keys, or of a list's elements under "*"
}

var schemas = mustSchemas()

func mustSchemas() map[string]*schema {
	var all map[string]*schema
	if err := json.Unmarshal(typesJSON, &all); err != nil {
		panic(err) // embedded at build time
	}
	for _, s := range all {
		for _, p := range s.Properties {
			p.normalise()
		}
	}
	return all
}

func (p *property) normalise() {
	p.Default, p.Min, p.Max = whole(p.Default), whole(p.Min), whole(p.Max)
	for i := range p.Allowed {
		p.Allowed[i] = whole(p.Allowed[i])
	}
	for _, q := range p.Schema {
		q.normalise()
	}
}

// whole makes JSON's floats integers again where they are.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}

// checkProperties validates resolved properties; where is the path in the
// message. Values still unknown pass.
func (c *Cloud) checkProperties(where string, sc *schema, props map[string]any) error {
	return c.checkMap(where+".properties", sc.Properties, props)
}

func (c *Cloud) checkMap(where string, declared map[string]*property, props map[string]any) error {
	for _, name := range hot.Keys(props) {
		if declared[name] == nil {
			return invalid("Property error: %s: Unknown Property %s", where, name)
		}
	}
	for _, name := range hot.Keys(declared) {
		p := declared[name]
		v, given := props[name]
		if given && v == nil && p.Custom == "cinder.vtype" { // to Heat 19 the type ""
			return invalid("Property error: %s.%s: Error validating value '': The VolumeType () could not be found.", where, name)
		}
		if !given || v == nil {
			alias := props[name+"_id"]
			if p.Required && alias == nil {
				return invalid("Property error: %s: Property %s not assigned", where, name)
			}
			continue
		}
		if err := c.checkValue(where+"."+name, p, v); err != nil {
			return err
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return &hot.Error{Type: "StackValidationFailed", Message: fmt.Sprintf(format, args...)}
}

func (c *Cloud) checkValue(where string, p *property, v any) error {
	if _, unknown := v.(hot.Unknown); unknown {
		return nil
	}
	switch p.Type {
	case "Integer", "Number":
		n, ok := toNumber(v)
		if !ok {
			return invalid("Property error: %s: Value '%s' is not an integer", where, hot.Text(v))
		}
		low, hasLow := toNumber(p.Min)
		high, hasHigh := toNumber(p.Max)
		if (hasLow && n < low) || (hasHigh && n > high) {
			return invalid("Property error: %s: %s is out of range (min: %s, max: %s)", where, hot.Text(v), none(p.Min), none(p.Max))
		}
	case "Boolean":
		if _, ok := hot.Bool(v); !ok {
			return invalid("Property error: %s: \"%s\" is not a valid boolean", where, hot.Text(v))
		}
	case "Map":
		m, ok := v.(map[string]any)
		if !ok {
			if s, isText := v.(string); isText && strings.HasPrefix(strings.TrimSpace(s), "{") {
				return nil
			}
			return invalid("Property error: %s: \"%s\" is not a map", where, hot.Text(v))
		}
		if p.Schema != nil {
			return c.checkMap(where, p.Schema, m)
		}
	case "List":
		list, ok := v.([]any)
		if !ok {
			return invalid("Property error: %s: \"%s\" is not a list", where, hot.Text(v))
		}
		if element := p.Schema["*"]; element != nil {
			for i, e := range list {
				if err := c.checkValue(fmt.Sprintf("%s[%d]", where, i), element, e); err != nil {
					return err
				}
			}
		}
	}
	return c.checkConstraints(where, p, v)
}

func (c *Cloud) checkConstraints(where string, p *property, v any) error {
	if len(p.Allowed) > 0 && !slices.ContainsFunc(p.Allowed, func(a any) bool { return hot.Text(a) == hot.Text(v) }) {
		if _, isList := v.([]any); !isList {
			return invalid("Property error: %s: \"%s\" is not an allowed value %s", where, hot.Text(v),
				strings.ReplaceAll(hot.JSON(p.Allowed), `"`, "'"))
		}
	}
	if p.Custom != "" && hot.Text(v) != "" && !c.exists(p.Custom, hot.Text(v)) {
		return invalid("Property error: %s: Error validating value '%s': The %s (%s) could not be found.",
			where, hot.Text(v), p.Custom, hot.Text(v))
	}
	return nil
}

// exists answers custom constraints: everything does but what Options.Missing
// names.
func (c *Cloud) exists(constraint, value string) bool {
	return !slices.Contains(c.opts.Missing[constraint], value)
}

func toNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		var f float64
		_, err := fmt.Sscanf(strings.TrimSpace(v), "%g", &f)
		return f, err == nil
	}
	return 0, false
}

func none(v any) string {
	if v == nil {
		return "None"
	}
	return hot.Text(v)
}
