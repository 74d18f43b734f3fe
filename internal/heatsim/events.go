package heatsim

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
)

type placedEvent struct {
	*event
	stack *stack
}

// listEvents are a stack's, its children's too with nested_depth; of one
// resource when name is given.
func (c *Cloud) listEvents(k *call, s *stack, name string) (*answer, error) {
	limit, err := whole0(k.query, "limit")
	if err != nil {
		return nil, err
	}
	depth, err := whole0(k.query, "nested_depth")
	if err != nil {
		return nil, err
	}
	var all []placedEvent
	gather(s, depth, &all)
	all = slices.DeleteFunc(all, func(e placedEvent) bool { return (name != "" && e.name != name) || !eventWanted(k.query, e) })
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	if k.query.Get("sort_dir") != "asc" {
		slices.Reverse(all)
	}
	if marker := k.query.Get("marker"); marker != "" {
		if i := slices.IndexFunc(all, func(e placedEvent) bool { return e.id == marker }); i >= 0 {
			all = all[i+1:]
		}
	}
	if k.query.Get("limit") != "" && len(all) > limit {
		all = all[:limit]
	}
	list := []any{}
	for _, e := range all {
		list = append(list, c.eventBody(k, e, s, depth > 0))
	}
	return reply(http.StatusOK, map[string]any{"events": list}), nil
}

func gather(s *stack, depth int, all *[]placedEvent) {
	for _, e := range s.events {
		*all = append(*all, placedEvent{e, s})
	}
	if depth <= 0 {
		return
	}
	for _, r := range s.all() {
		if r.child != nil {
			gather(r.child, depth-1, all)
		}
	}
}

func eventWanted(q url.Values, e placedEvent) bool {
	in := func(key, v string) bool { return len(q[key]) == 0 || slices.Contains(q[key], v) }
	action, status, _ := strings.Cut(e.status, "_")
	return in("resource_name", e.name) && in("resource_type", e.typ) && in("resource_action", action) && in("resource_status", status)
}

func (c *Cloud) eventBody(k *call, e placedEvent, root *stack, nested bool) map[string]any {
	self := k.base + stackPath(e.stack)
	links := []link{
		{Href: self + "/resources/" + e.name + "/events/" + e.id, Rel: "self"},
		{Href: self + "/resources/" + e.name, Rel: "resource"},
		{Href: self, Rel: "stack"},
	}
	if nested {
		links = append(links, link{Href: k.base + stackPath(root), Rel: "root_stack"})
	}
	return map[string]any{
		"id": e.id, "event_time": stamp(e.at), "resource_name": e.name, "logical_resource_id": e.name,
		"physical_resource_id": e.physical, "resource_status": e.status, "resource_status_reason": e.reason, "links": links,
	}
}

func (c *Cloud) showEvent(k *call, s *stack, id string) (*answer, error) {
	for _, e := range s.events {
		if e.id == id {
			body := c.eventBody(k, placedEvent{e, s}, s, false)
			body["resource_type"], body["resource_properties"] = e.typ, e.props
			return reply(http.StatusOK, map[string]any{"event": body}), nil
		}
	}
	return nil, refuse(http.StatusNotFound, "EntityNotFound", "The Event ("+id+") could not be found.")
}
