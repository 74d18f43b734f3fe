package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// decoder walks YAML nodes along Go types by their yaml tags. It remembers where
// each field stands, for the checks that come after.
type decoder struct {
	file     string
	places   map[string]*yaml.Node
	problems []Problem
}

func (d *decoder) complain(n *yaml.Node, field, format string, args ...any) {
	p := Problem{File: d.file, Field: field, Summary: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	d.problems = append(d.problems, p)
}

// at complains about a field by name: at its place, or at that of the nearest
// field around it that is written.
func (d *decoder) at(field, format string, args ...any) {
	for f := field; ; {
		if n := d.places[f]; n != nil {
			d.complain(n, field, format, args...)
			return
		}
		if f == "" {
			d.complain(nil, field, format, args...)
			return
		}
		f = f[:max(strings.LastIndexAny(f, ".["), 0)]
	}
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	rateType     = reflect.TypeFor[Rate]()
)

func (d *decoder) value(n *yaml.Node, v reflect.Value, field string) {
	d.places[field] = n
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.complain(n, field, "anchors and aliases are not read here: write the value out")
	case v.Type() == durationType, v.Type() == rateType:
		d.scalar(n, v, field)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v, field)
	case v.Kind() == reflect.Slice:
		d.sequence(n, v, field)
	case v.Kind() == reflect.Pointer:
		d.pointer(n, v, field)
	default:
		d.scalar(n, v, field)
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.complain(n, field, "must be a mapping of fields")
		return
	}
	fields := fieldsOf(v)
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, name := n.Content[i], n.Content[i].Value
		below := join(field, name)
		to, known := fields[name]
		switch {
		case !known:
			d.complain(key, below, "unknown field%s", nearest(name, fields))
		case seen[name]:
			d.complain(key, below, "written twice")
		default:
			d.value(n.Content[i+1], to, below)
		}
		seen[name] = true
	}
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.SequenceNode {
		d.complain(n, field, "must be a list")
		return
	}
	for i, c := range n.Content {
		e := reflect.New(v.Type().Elem()).Elem()
		if f, ok := e.Addr().Interface().(*Fleet); ok {
			*f = defaultFleet()
		}
		d.value(c, e, fmt.Sprintf("%s[%d]", field, i))
		v.Set(reflect.Append(v, e))
	}
}

func (d *decoder) pointer(n *yaml.Node, v reflect.Value, field string) {
	e := reflect.New(v.Type().Elem())
	if g, ok := e.Interface().(*Git); ok {
		*g = defaultGit()
	}
	d.value(n, e.Elem(), field)
	v.Set(e)
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.complain(n, field, "must be %s", wanted(v.Type()))
		return
	}
	if err := setScalar(n, v); err != nil {
		d.complain(n, field, "%s", err)
	}
}

func setScalar(n *yaml.Node, v reflect.Value) error {
	text := n.Value
	wrong := fmt.Errorf("must be %s, found %q", wanted(v.Type()), text)
	switch {
	case v.Type() == durationType:
		t, err := time.ParseDuration(text)
		if err != nil || t < 0 {
			return wrong
		}
		v.SetInt(int64(t))
	case v.Type() == rateType:
		r, err := parseRate(text)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(r))
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Bool:
		if n.Tag != "!!bool" {
			return wrong
		}
		v.SetBool(strings.EqualFold(text, "true"))
	default:
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v.OverflowInt(i) {
			return wrong
		}
		v.SetInt(i)
	}
	return nil
}

func wanted(t reflect.Type) string {
	switch {
	case t == durationType:
		return "a duration such as 30s or 5m"
	case t == rateType:
		return "a rate such as 30/m"
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	}
	return "a whole number"
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
