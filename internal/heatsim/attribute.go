package heatsim

import (
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// reference is what get_resource gives.
func (c *Cloud) reference(r *resource) any {
	switch r.kind {
	case "OS::Heat::RandomString":
		if p := c.physical[r.physical]; p != nil && p.attributes["value"] != nil {
			return p.attributes["value"]
		}
	case "OS::Heat::Value":
		return r.physical
	}
	if nestedType(r.kind) && r.child != nil {
		if v, ok := c.childOutput(r.child, "OS::stack_id"); ok {
			return v
		}
	}
	if r.physical == "" {
		return r.name
	}
	return r.physical
}

// attributePath walks get_attr's path; "resource.NAME" takes the member's
// attribute from the next step.
func (c *Cloud) attributePath(r *resource, path []any) (any, error) {
	name, rest := hot.Text(path[0]), path[1:]
	if r.isNested() && strings.HasPrefix(name, "resource.") && strings.Count(name, ".") == 1 && len(rest) > 0 {
		name, rest = name+"."+hot.Text(rest[0]), rest[1:]
	}
	v, err := c.attribute(r, name)
	if err != nil {
		return nil, err
	}
	return hot.Walk(v, rest), nil
}

// attribute is what get_attr gives.
func (c *Cloud) attribute(r *resource, name string) (any, error) {
	if r.kind == groupType {
		return c.groupAttribute(r, name), nil
	}
	if nestedType(r.kind) {
		return c.nestedAttribute(r, name)
	}
	if v, ok := c.handleAttribute(r, name); ok {
		return v, nil
	}
	p := c.physical[r.physical]
	switch {
	case r.kind == "OS::Heat::None":
		return nil, nil
	case r.kind == "OS::Heat::WaitCondition" && name == "data":
		return c.waitData(r), nil
	case isConfig(r.kind) && name == "config":
		return c.configText(r), nil
	case p == nil:
		return nil, nil
	case name == "show":
		shown := map[string]any{"id": r.physical}
		for k, v := range p.attributes {
			if !strings.HasSuffix(k, "#") {
				shown[k] = v
			}
		}
		return shown, nil
	case name == "value" && r.kind == "OS::Heat::Value":
		return r.props["value"], nil
	}
	return p.attributes[name], nil
}

func (c *Cloud) childOutput(s *stack, name string) (any, bool) {
	if s.def == nil {
		return nil, false
	}
	o := s.def.template.Outputs[name]
	if o == nil {
		return nil, false
	}
	v, err := c.scope(s, s.def).Resolve(o.Value)
	return v, err == nil && !hot.Pending(v)
}

func (c *Cloud) nestedAttribute(r *resource, name string) (any, error) {
	if r.child == nil {
		return nil, nil
	}
	if name == "outputs" {
		all := map[string]any{}
		for _, o := range hot.Keys(r.child.def.template.Outputs) {
			all[o], _ = c.childOutput(r.child, o)
		}
		return all, nil
	}
	if rest, ok := strings.CutPrefix(name, "resource."); ok {
		return c.memberAttribute(r.child, rest)
	}
	v, ok := c.childOutput(r.child, name)
	if !ok && r.child.def.template.Outputs[name] == nil {
		return nil, &hot.Error{
			Type:    "InvalidTemplateAttribute",
			Message: "The Referenced Attribute (" + r.name + " " + name + ") is incorrect.",
		}
	}
	return v, nil
}

// memberAttribute reads "name" or "name.attribute" of a child's resource.
func (c *Cloud) memberAttribute(s *stack, path string) (any, error) {
	name, attr, has := strings.Cut(path, ".")
	m := s.resources[name]
	if m == nil {
		return nil, nil
	}
	if !has {
		return c.reference(m), nil
	}
	return c.attribute(m, attr)
}

func (c *Cloud) groupAttribute(r *resource, name string) any {
	if r.child == nil {
		return nil
	}
	members := r.child.members()
	switch {
	case name == "refs":
		list := make([]any, len(members))
		for i, m := range members {
			list[i] = c.reference(m)
		}
		return list
	case name == "refs_map":
		refs := map[string]any{}
		for _, m := range members {
			refs[m.name] = c.reference(m)
		}
		return refs
	case name == "removed_rsrc_list":
		return hot.Plain(append([]string{}, skipped(r)...))
	case name == "attributes":
		return lazyAttributes(c, members)
	case strings.HasPrefix(name, "resource."):
		v, _ := c.memberAttribute(r.child, strings.TrimPrefix(name, "resource."))
		return v
	}
	list := make([]any, len(members))
	for i, m := range members {
		list[i], _ = c.attribute(m, name)
	}
	return list
}

// lazyAttributes answers [group, attributes, X]: a map by member for every
// attribute that the first member's type has.
func lazyAttributes(c *Cloud, members []*resource) any {
	all := map[string]any{}
	for _, m := range members {
		names := []string{}
		if sc := schemas[m.kind]; sc != nil {
			names = sc.Attributes
		} else if m.child != nil {
			names = hot.Keys(m.child.def.template.Outputs)
		}
		for _, n := range names {
			by, _ := all[n].(map[string]any)
			if by == nil {
				by = map[string]any{}
				all[n] = by
			}
			by[m.name], _ = c.attribute(m, n)
		}
	}
	return all
}

// members are a group's, by number.
func (s *stack) members() []*resource {
	var list []*resource
	for _, name := range hot.Keys(s.resources) {
		list = append(list, s.resources[name])
	}
	sortMembers(list)
	return list
}
