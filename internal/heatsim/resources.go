package heatsim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

func (c *Cloud) routeResources(k *call, s *stack, rest []string) (*answer, error) {
	if len(rest) == 0 {
		return c.only(k, http.MethodGet, func(*call) (*answer, error) { return c.listResources(k, s) })
	}
	r := s.resources[rest[0]]
	if r == nil && k.method == http.MethodPatch {
		r = s.byPhysical(rest[0])
	}
	if r == nil {
		return nil, refuse(http.StatusNotFound, "ResourceNotFound",
			"The Resource ("+rest[0]+") could not be found in Stack "+s.name+".")
	}
	switch {
	case len(rest) == 1 && k.method == http.MethodGet:
		return c.showResource(k, r)
	case len(rest) == 1 && k.method == http.MethodPatch:
		return c.markUnhealthy(k, r)
	case len(rest) == 2 && rest[1] == "metadata":
		m := r.metadata
		if m == nil {
			m = map[string]any{}
		}
		return reply(http.StatusOK, map[string]any{"metadata": m}), nil
	case len(rest) == 2 && rest[1] == "signal":
		return c.only(k, http.MethodPost, func(*call) (*answer, error) { return c.signal(k, r) })
	case len(rest) == 2 && rest[1] == "events":
		return c.listEvents(k, s, r.name)
	case len(rest) == 3 && rest[1] == "events":
		return c.showEvent(k, s, rest[2])
	}
	return heatError(http.StatusMethodNotAllowed, "HTTPMethodNotAllowed", ""), nil
}

func (s *stack) byPhysical(id string) *resource {
	for _, r := range s.all() {
		if r.physical == id {
			return r
		}
	}
	return nil
}

var resourceQuery = []string{
	"nested_depth", "with_detail", "status", "type", "name", "action", "id", "physical_resource_id",
}

func (c *Cloud) listResources(k *call, s *stack) (*answer, error) {
	for _, name := range hot.Keys(k.query) {
		if !slices.Contains(resourceQuery, name) {
			return nil, badRequest("Invalid filter parameters " + hot.JSON([]any{name}))
		}
	}
	depth, err := whole0(k.query, "nested_depth")
	if err != nil {
		return nil, err
	}
	detail, _ := boolean(k.query, "with_detail")
	list := []any{}
	c.collect(k, s, min(depth, c.opts.MaxDepth), detail, &list)
	return reply(http.StatusOK, map[string]any{"resources": list}), nil
}

func whole0(q url.Values, name string) (int, error) {
	v := q.Get(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, badRequest("Only integer is allowed by Heat to " + name)
	}
	return n, nil
}

func (c *Cloud) collect(k *call, s *stack, depth int, detail bool, list *[]any) {
	for _, name := range hot.Keys(s.resources) {
		r := s.resources[name]
		if wanted(k.query, r) {
			body := c.resourceBody(k, r)
			if detail {
				body["attributes"] = c.attributes(r)
			}
			*list = append(*list, body)
		}
		if r.child != nil && depth > 0 && r.child.live() {
			c.collect(k, r.child, depth-1, detail, list)
		}
	}
}

func wanted(q url.Values, r *resource) bool {
	in := func(name string, values ...string) bool {
		asked := q[name]
		if len(asked) == 0 {
			return true
		}
		return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(asked, v) })
	}
	return in("status", r.status, r.state()) && in("action", r.action) && in("name", r.name) &&
		in("type", r.typ) && in("id", r.id) && in("physical_resource_id", r.physical)
}

func (c *Cloud) resourceBody(k *call, r *resource) map[string]any {
	self := k.base + stackPath(r.stack)
	links := []link{{Href: self + "/resources/" + r.name, Rel: "self"}, {Href: self, Rel: "stack"}}
	if r.child != nil {
		links = append(links, link{Href: k.base + stackPath(r.child), Rel: "nested"})
	}
	body := map[string]any{
		"resource_name": r.name, "logical_resource_id": r.name, "physical_resource_id": r.physical,
		"resource_type": r.typ, "resource_status": r.state(), "resource_status_reason": r.reason,
		"creation_time": stamp(r.created), "updated_time": stamp(r.updated), "required_by": r.requiredBy(), "links": links,
	}
	if r.stack.parent != nil {
		body["parent_resource"] = r.stack.via
	}
	return body
}

func (r *resource) requiredBy() []string {
	list := []string{}
	for _, name := range hot.Keys(r.stack.resources) {
		if slices.Contains(r.stack.resources[name].deps, r.name) {
			list = append(list, name)
		}
	}
	return list
}

func (c *Cloud) attributes(r *resource) map[string]any {
	all := map[string]any{}
	sc := schemas[r.kind]
	if sc == nil {
		return all
	}
	for _, name := range sc.Attributes {
		if v, err := c.attribute(r, name); err == nil {
			all[name] = v
		}
	}
	return all
}

func (c *Cloud) showResource(k *call, r *resource) (*answer, error) {
	body := c.resourceBody(k, r)
	body["description"] = ""
	if r.def != nil {
		body["description"] = r.def.Description
	}
	body["attributes"] = c.attributes(r)
	for _, name := range k.query["with_attr"] {
		if v, err := c.attribute(r, name); err == nil {
			body["attributes"].(map[string]any)[name] = v
		}
	}
	return reply(http.StatusOK, map[string]any{"resource": body}), nil
}

// markUnhealthy is PATCH of a resource.
func (c *Cloud) markUnhealthy(k *call, r *resource) (*answer, error) {
	var body struct {
		Unhealthy *bool  `json:"mark_unhealthy"`
		Reason    string `json:"resource_status_reason"`
	}
	if err := json.Unmarshal(k.body, &body); err != nil || body.Unhealthy == nil {
		return nil, badRequest("Missing mandatory (mark_unhealthy) key from mark unhealthy request")
	}
	if r.job != nil && !r.job.dead {
		return nil, refuse(http.StatusConflict, "ActionInProgress", "Stack "+r.stack.name+" already has an action ("+r.action+") in progress.")
	}
	switch {
	case *body.Unhealthy:
		reason := body.Reason
		if reason == "" {
			reason = "state changed by user"
		}
		c.setResource(r, "CHECK", "FAILED", reason)
	case r.state() == "CHECK_FAILED":
		c.setResource(r, "CHECK", "COMPLETE", body.Reason)
	}
	return reply(http.StatusOK, json.RawMessage("null")), nil
}
