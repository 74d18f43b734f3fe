package heatsim

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// probe is a scope without resources: what refers to one is Unknown.
func probe(d *definition, name, id, project string) *hot.Scope {
	params := maps.Clone(d.values)
	if params == nil {
		params = map[string]any{}
	}
	params["OS::stack_name"], params["OS::stack_id"], params["OS::project_id"] = name, id, project
	return &hot.Scope{Template: d.template, Params: params, Files: d.files}
}

// verify refuses what Heat refuses before it stores a stack: unknown types,
// bad properties, broken references, circles.
func (c *Cloud) verify(d *definition, scope *hot.Scope, depth int) error {
	if depth > c.opts.MaxDepth {
		return refuse(http.StatusInternalServerError, "RemoteError", "")
	}
	graph := map[string][]string{}
	for _, name := range hot.Keys(d.template.Resources) {
		r := d.template.Resources[name]
		on, err := scope.Enabled(r.Condition)
		if err != nil {
			return err
		}
		if !on {
			continue
		}
		if d.template.Parameters[name] != nil {
			return refuse(http.StatusBadRequest, "StackValidationFailed", "Duplicate names {'"+name+"'}")
		}
		if graph[name], err = scope.Depends(r); err != nil {
			return err
		}
		if err := c.verifyResource(d, scope, r, depth); err != nil {
			return err
		}
	}
	if circle := findCircle(graph); circle != "" {
		// Circular Dependency Found: the engine's exception loses its type on its way.
		return refuse(http.StatusInternalServerError, "RemoteError", "")
	}
	return c.verifyOutputs(d, scope)
}

func (c *Cloud) verifyOutputs(d *definition, scope *hot.Scope) error {
	for _, name := range hot.Keys(d.template.Outputs) {
		o := d.template.Outputs[name]
		on, err := scope.Enabled(o.Condition)
		if err != nil {
			return err
		}
		if !on {
			continue
		}
		p := *scope
		p.Reference = func(res string) (any, error) { return hot.Unknown{}, missing(d, res, name) }
		p.Attribute = func(res string, path []any) (any, error) {
			return hot.Unknown{}, c.knownAttribute(d, res, hot.Text(path[0]), name)
		}
		// A function that fails on its values fails when the output is read.
		if _, err := p.Resolve(o.Value); err != nil && !onValues(err) {
			return err
		}
	}
	return nil
}

// onValues says whether a function refused its arguments' values.
func onValues(err error) bool {
	var h *hot.Error
	return errors.As(err, &h) && (h.Type == "TypeError" || h.Type == "ValueError")
}

func missing(d *definition, resource, where string) error {
	if d.template.Resources[resource] != nil {
		return nil
	}
	return &hot.Error{
		Type:    "StackValidationFailed",
		Message: "outputs." + where + ".value.get_attr: : The specified reference \"" + resource + "\" (in unknown) is incorrect.",
	}
}

func (c *Cloud) knownAttribute(d *definition, resource, attr, where string) error {
	if err := missing(d, resource, where); err != nil {
		return err
	}
	sc := schemas[d.kind(d.template.Resources[resource].Type)]
	if sc == nil || slices.Contains(sc.Attributes, attr) || d.kind(d.template.Resources[resource].Type) == groupType {
		return nil
	}
	return &hot.Error{
		Type:    "StackValidationFailed",
		Message: "outputs." + where + ".value.get_attr: : The Referenced Attribute (" + resource + " " + attr + ") is incorrect.",
	}
}

func (c *Cloud) verifyResource(d *definition, scope *hot.Scope, r *hot.Resource, depth int) error {
	props, err := scope.Properties(r)
	switch {
	case onValues(err):
		return invalid("resources.%s.properties: %s", r.Name, err)
	case err != nil:
		return err
	}
	return c.verifyType(d, "resources."+r.Name, r.Type, props, depth)
}

func (c *Cloud) verifyType(d *definition, where, typ string, props map[string]any, depth int) error {
	kind := d.kind(typ)
	if nestedType(kind) {
		return c.verifyNested(d, where, kind, props, depth)
	}
	if kind == "OS::Heat::None" {
		return nil
	}
	sc := schemas[kind]
	if sc == nil {
		return &hot.Error{
			Type:    "StackValidationFailed",
			Message: strings.TrimPrefix(where, "resources.") + ": The Resource Type (" + typ + ") could not be found.",
		}
	}
	if err := c.checkProperties(where, sc, props); err != nil {
		return err
	}
	if kind == groupType {
		return c.verifyMembers(d, where, props, depth)
	}
	if kind == "OS::Nova::Server" {
		return checkBootable(where, props)
	}
	return nil
}

func (c *Cloud) verifyNested(d *definition, where, kind string, props map[string]any, depth int) error {
	child, err := c.nestedDefinition(d, kind, props, true)
	if err != nil {
		return err
	}
	for _, name := range hot.Keys(props) {
		if child.template.Parameters[name] == nil {
			return invalid("Property error: %s.properties: Unknown Property %s", where, name)
		}
	}
	for _, name := range hot.Keys(child.template.Parameters) {
		p := child.template.Parameters[name]
		if v, ok := props[name]; (!ok || v == nil) && !p.HasDefault && child.env.defaults[name] == nil {
			return invalid("Property error: %s.properties: Property %s not assigned", where, name)
		}
	}
	return c.verify(child, probe(child, "", "", ""), depth+1)
}

// nestedDefinition is a child stack's: the template named by kind with the
// resource's properties as parameters.
func (c *Cloud) nestedDefinition(d *definition, kind string, props map[string]any, partial bool) (*definition, error) {
	text, ok := d.files[kind]
	if !ok {
		return nil, invalid("Could not fetch remote template \"%s\": Invalid URL scheme", kind)
	}
	tmpl, err := c.opts.Templates.parse(text)
	if err != nil {
		return nil, err
	}
	child := &definition{template: tmpl, files: d.files}
	child.env = environment{parameters: map[string]any{}, defaults: d.env.defaults, registry: d.env.registry}
	for name, v := range props {
		if !hot.Pending(v) && v != nil {
			child.env.parameters[name] = v
		}
	}
	child.values, err = tmpl.Bind(hot.Given{
		Parameters: child.env.parameters, Defaults: child.env.defaults,
		Existing: true, Lookup: c.exists, Partial: partial,
	})
	return child, err
}

// findCircle gives a circle among the dependencies, or "".
func findCircle(graph map[string][]string) string {
	const walking, done = 1, 2
	mark := map[string]int{}
	var walk func(name string) string
	walk = func(name string) string {
		mark[name] = walking
		for _, d := range graph[name] {
			if mark[d] == walking {
				return name + ", " + d
			}
			if mark[d] == 0 {
				if found := walk(d); found != "" {
					return found
				}
			}
		}
		mark[name] = done
		return ""
	}
	for _, name := range hot.Keys(graph) {
		if mark[name] == 0 {
			if found := walk(name); found != "" {
				return found
			}
		}
	}
	return ""
}
