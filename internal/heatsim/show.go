package heatsim

import (
	"net/http"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

const masked = "******"

func (c *Cloud) showStack(k *call, s *stack) (*answer, error) {
	resolve := true
	if k.query.Has("resolve_outputs") {
		var err error
		if resolve, err = boolean(k.query, "resolve_outputs"); err != nil {
			return nil, err
		}
	}
	return reply(http.StatusOK, map[string]any{"stack": c.showBody(k, s, resolve)}), nil
}

func (c *Cloud) showBody(k *call, s *stack, resolve bool) map[string]any {
	r := c.row(k, s)
	tags := s.tags
	body := map[string]any{
		"id": r.ID, "stack_name": r.Name, "links": r.Links, "stack_status": r.Status, "stack_status_reason": r.Reason,
		"creation_time": r.Created, "updated_time": r.Updated, "deletion_time": r.Deleted, "stack_owner": r.Owner,
		"parent": r.Parent, "stack_user_project_id": r.UserProject, "tags": tags,
		"parameters": c.shownParameters(s), "capabilities": []any{}, "notification_topics": []any{},
		"description": description(s), "template_description": description(s),
		"disable_rollback": s.disableRollback, "timeout_mins": nil,
	}
	if s.timeoutSet && s.timeoutMinutes > 0 {
		body["timeout_mins"] = s.timeoutMinutes
	}
	if resolve && s.live() {
		body["outputs"] = c.shownOutputs(s)
	}
	return body
}

func description(s *stack) string {
	if s.def.template.Description == "" {
		return "No description"
	}
	return s.def.template.Description
}

func (c *Cloud) shownParameters(s *stack) map[string]any {
	shown := map[string]any{"OS::stack_id": s.id, "OS::stack_name": s.name, "OS::project_id": s.project.id}
	for name, v := range s.def.values {
		p := s.def.template.Parameters[name]
		if p.Hidden {
			shown[name] = masked
			continue
		}
		shown[name] = p.Shown(v)
	}
	return shown
}

func (c *Cloud) shownOutputs(s *stack) []any {
	list := []any{}
	scope := c.scope(s, s.def)
	for _, name := range hot.Keys(s.def.template.Outputs) {
		o := s.def.template.Outputs[name]
		// One whose condition does not hold is listed with a null value.
		if on, err := scope.Enabled(o.Condition); err == nil && !on {
			o = &hot.Output{Name: o.Name, Description: o.Description}
		}
		list = append(list, c.shownOutput(s, o))
	}
	return list
}

func (c *Cloud) shownOutput(s *stack, o *hot.Output) map[string]any {
	text := o.Description
	if text == "" {
		text = "No description given"
	}
	shown := map[string]any{"output_key": o.Name, "description": text, "output_value": nil}
	v, err := c.scope(s, s.def).Resolve(o.Value)
	switch {
	case err != nil:
		shown["output_error"] = err.Error()
	case !hot.Pending(v):
		shown["output_value"] = v
	}
	return shown
}

func (c *Cloud) outputs(k *call, s *stack, rest []string) (*answer, error) {
	if len(rest) == 0 {
		list := []any{}
		for _, name := range hot.Keys(s.def.template.Outputs) {
			full := c.shownOutput(s, s.def.template.Outputs[name])
			list = append(list, map[string]any{"output_key": name, "description": full["description"]})
		}
		return reply(http.StatusOK, map[string]any{"outputs": list}), nil
	}
	o := s.def.template.Outputs[rest[0]]
	if o == nil {
		return nil, refuse(http.StatusNotFound, "NotFound", "Specified output key "+rest[0]+" not found.")
	}
	return reply(http.StatusOK, map[string]any{"output": c.shownOutput(s, o)}), nil
}

func (c *Cloud) showTemplate(_ *call, s *stack) (*answer, error) {
	a := &answer{status: http.StatusOK, header: http.Header{}, body: c.opts.Templates.show(s.def.template)}
	a.header.Set("Content-Type", "application/json")
	return a, nil
}

func (c *Cloud) showFiles(_ *call, s *stack) (*answer, error) {
	files := s.def.files
	if files == nil {
		files = map[string]string{}
	}
	return reply(http.StatusOK, files), nil
}

func (c *Cloud) showEnvironment(_ *call, s *stack) (*answer, error) {
	e := s.def.env
	mask := func(params map[string]any) map[string]any {
		out := map[string]any{}
		for name, v := range params {
			if p := s.def.template.Parameters[name]; p != nil && p.Hidden {
				v = masked
			}
			out[name] = v
		}
		return out
	}
	registry := map[string]any{"resources": map[string]any{}}
	for name, v := range e.registry {
		registry[name] = v
	}
	sinks, encrypted := e.sinks, e.encrypted
	if sinks == nil {
		sinks = []any{}
	}
	if encrypted == nil {
		encrypted = []any{}
	}
	return reply(http.StatusOK, map[string]any{
		"parameters": mask(e.parameters), "parameter_defaults": mask(e.defaults),
		"resource_registry": registry, "encrypted_param_names": encrypted, "event_sinks": sinks,
	}), nil
}
