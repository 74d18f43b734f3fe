package heatsim

import (
	"net/http"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

func (c *Cloud) previewCreate(k *call) (*answer, error) {
	r, err := readRequest(k)
	if err != nil {
		return nil, err
	}
	s, err := c.newStack(k, r)
	if err != nil {
		return nil, err
	}
	s.tags = r.tags
	body := c.showBody(k, s, false)
	body["resources"] = c.previewResources(s)
	return reply(http.StatusOK, map[string]any{"stack": body}), nil
}

func (c *Cloud) previewResources(s *stack) []any {
	list := []any{}
	scope := probe(s.def, s.name, s.id, s.project.id)
	for _, name := range hot.Keys(s.def.template.Resources) {
		def := s.def.template.Resources[name]
		if on, err := scope.Enabled(def.Condition); err != nil || !on {
			continue
		}
		props, _ := scope.Properties(def)
		list = append(list, c.summary(s, nil, def, printable(props), "INIT_COMPLETE"))
	}
	return list
}

// printable replaces what is not known yet by null.
func printable(v any) any {
	switch v := v.(type) {
	case hot.Unknown:
		return nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = printable(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = printable(e)
		}
		return out
	default:
		return v
	}
}

func (c *Cloud) summary(s *stack, r *resource, def *hot.Resource, props any, state string) map[string]any {
	physical, reason := "", ""
	created, updated := any(nil), any(nil)
	if r != nil {
		physical, reason, created, updated = r.physical, r.reason, stamp(r.created), stamp(r.updated)
	}
	action, status, _ := strings.Cut(state, "_")
	return map[string]any{
		"resource_name": def.Name, "resource_type": def.Type, "resource_action": action, "resource_status": status,
		"resource_status_reason": reason, "physical_resource_id": physical, "properties": props,
		"resource_identity": map[string]any{
			"stack_name": s.name, "stack_id": s.id, "tenant": s.project.id, "path": "/resources/" + def.Name,
		},
		"stack_name": s.name, "stack_identity": map[string]any{"stack_name": s.name, "stack_id": s.id, "tenant": s.project.id, "path": ""},
		"creation_time": created, "updated_time": updated, "metadata": map[string]any{}, "attributes": map[string]any{},
		"description": def.Description, "required_by": []any{},
	}
}

// changes are the lists of an update preview.
type changes map[string][]any

func newChanges() changes {
	all := changes{}
	for _, kind := range []string{"unchanged", "updated", "replaced", "added", "deleted"} {
		all[kind] = []any{}
	}
	return all
}

func (c *Cloud) previewUpdate(k *call, s *stack) (*answer, error) {
	r, err := readRequest(k)
	if err != nil {
		return nil, err
	}
	if k.method == http.MethodPut && r.raw["template"] == nil && r.raw["template_url"] == nil {
		return nil, badRequest("No template specified")
	}
	if err := c.updatable(s); err != nil {
		return nil, err
	}
	d, err := c.nextDefinition(k, s, r)
	if err != nil {
		return nil, err
	}
	nested, err := boolean(k.query, "show_nested")
	if err != nil {
		return nil, err
	}
	all := newChanges()
	if err := c.previewInto(all, s, d, nested); err != nil {
		return nil, err
	}
	return reply(http.StatusOK, map[string]any{"resource_changes": all}), nil
}

// previewScope resolves references as a preview does: against resources that
// do not exist yet. So whatever refers to another resource looks changed,
// though the update keeps it.
func (c *Cloud) previewScope(s *stack, d *definition) *hot.Scope {
	scope := c.scope(s, d)
	scope.Reference = func(name string) (any, error) { return name, nil }
	scope.Attribute = func(string, []any) (any, error) { return nil, nil }
	return scope
}

func (c *Cloud) previewInto(all changes, s *stack, d *definition, nested bool) error {
	scope := c.previewScope(s, d)
	for _, name := range hot.Keys(d.template.Resources) {
		def := d.template.Resources[name]
		on, err := scope.Enabled(def.Condition)
		if err != nil {
			return err
		}
		if !on {
			continue
		}
		props, err := scope.Properties(def)
		if err != nil {
			return err
		}
		r := s.resources[name]
		if r == nil {
			all["added"] = append(all["added"], c.summary(s, nil, def, printable(props), "INIT_COMPLETE"))
			continue
		}
		kind := c.previewKind(d, r, def, props)
		all[kind] = append(all[kind], c.summary(s, r, def, printable(props), r.state()))
		if nested && r.isNested() && r.child != nil {
			if err := c.previewChild(all, s, d, r, def, props); err != nil {
				return err
			}
		}
	}
	for _, name := range hot.Keys(s.resources) {
		def := d.template.Resources[name]
		on := def != nil
		if on {
			on, _ = scope.Enabled(def.Condition)
		}
		if r := s.resources[name]; !on {
			all["deleted"] = append(all["deleted"], c.summary(s, r, r.def, printable(r.props), r.state()))
		}
	}
	return nil
}

func (c *Cloud) previewKind(d *definition, r *resource, def *hot.Resource, props map[string]any) string {
	t := &traversal{stack: r.stack, def: d}
	if r.isNested() && d.kind(def.Type) == r.kind && r.status != "FAILED" {
		if hot.Equal(any(r.props), any(props)) {
			return "unchanged"
		}
		return "updated"
	}
	switch change := c.compare(t, r, def, props); {
	case change == replaced:
		return "replaced"
	case change == updated:
		return "updated"
	}
	return "unchanged"
}

func (c *Cloud) previewChild(all changes, s *stack, d *definition, r *resource, def *hot.Resource, props map[string]any) error {
	next := &resource{
		stack: s, name: r.name, typ: def.Type, kind: r.kind, def: def, props: props,
		data: map[string]any{"skip": skipped(r)}, child: r.child,
	}
	if r.kind == groupType {
		c.noteRemovals(next)
	}
	child, err := c.childDefinition(d, next)
	if err != nil {
		return err
	}
	if r.kind == groupType && len(child.template.Resources) > len(r.child.resources) {
		// nested_fmt_actions fails on a member that has no stack yet.
		return refuse(http.StatusBadRequest, "AttributeError", "")
	}
	return c.previewInto(all, r.child, child, true)
}
