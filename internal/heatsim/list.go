package heatsim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
)

func (c *Cloud) listStacks(k *call) (*answer, error) {
	sel, err := readSelection(k.query)
	if err != nil {
		return nil, err
	}
	if global, err := boolean(k.query, "global_tenant"); err != nil {
		return nil, err
	} else if global {
		return nil, refuse(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
	}
	empty, err := sel.trap()
	if err != nil {
		return nil, err
	}
	admin := k.token.user.Admin
	var page []*stack
	if !empty {
		page = c.page(k.proj, sel, admin)
	}
	var b strings.Builder
	b.WriteString(`{"stacks": [`)
	for i, s := range page {
		if i > 0 {
			b.WriteString(", ")
		}
		b.Write(c.entry(k, s, admin))
	}
	b.WriteString("]")
	if sel.limit > 0 && len(page) == sel.limit {
		b.WriteString(`, "links": [{"rel": "next", "href": ` + quote(nextPage(k, page[len(page)-1].id)) + `}]`)
	}
	if sel.count {
		b.WriteString(`, "count": ` + strconv.Itoa(c.count(k.proj, sel, admin)))
	}
	b.WriteString("}")
	return &answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(b.String()),
	}, nil
}

func nextPage(k *call, marker string) string {
	q := url.Values{}
	for name, v := range k.query {
		q[name] = v
	}
	q.Set("marker", marker)
	return k.base + k.path + "?" + q.Encode()
}

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(ascii(raw))
}

// page collects the matching stacks after the marker, at most limit.
func (c *Cloud) page(p *project, sel *selection, admin bool) []*stack {
	from, ascending := c.candidates(p, sel, admin)
	step, i := 1, 0
	if !ascending {
		step, i = -1, len(from.items)-1
	}
	m := c.stacks[sel.marker]
	if m != nil && m.hidden {
		m = nil
	}
	nullable := m != nil && len(sel.keys) > 0 && sel.keys[0] == "updated_time"
	if m != nil && !(nullable && m.updated.IsZero()) {
		at := from.place(m)
		if i = at; ascending {
			for i < len(from.items) && !from.less(m, from.items[i]) {
				i++
			}
		} else {
			i = at - 1
		}
	}
	var page []*stack
	for ; i >= 0 && i < len(from.items) && (sel.limit < 0 || len(page) < sel.limit); i += step {
		s := from.items[i]
		if nullable && !afterNullable(m, s, ascending) {
			continue
		}
		if sel.matches(s, admin) {
			page = append(page, s)
		}
	}
	return page
}

// afterNullable tells whether a stack is found after a marker where the sort column
// may be null (Heat 19). Comparing with null is never true, so after an updated
// marker the never updated are lost; a null marker drops the column from the
// comparison, and only ids count.
func afterNullable(marker, s *stack, ascending bool) bool {
	if !marker.updated.IsZero() {
		return !s.updated.IsZero()
	}
	if ascending {
		return s.id > marker.id
	}
	return s.id < marker.id
}

// candidates is the cheapest sorted list that holds every match.
func (c *Cloud) candidates(p *project, sel *selection, admin bool) (ordered, bool) {
	x := &p.index
	key := "creation_time"
	if len(sel.keys) > 0 {
		key = sel.keys[0]
	}
	plain := !sel.deleted && !sel.nested && !admin
	switch {
	case plain && len(sel.filters["name"]) > 0:
		var items []*stack
		for _, n := range sel.filters["name"] {
			for _, s := range x.byName[fold(n)] {
				if !slices.Contains(items, s) {
					items = append(items, s)
				}
			}
		}
		return sorted(items, key), sel.ascending
	case plain && len(sel.filters["id"]) > 0:
		var items []*stack
		for _, id := range sel.filters["id"] {
			if s := c.stacks[id]; s != nil && s.project == p && s.live() && !s.hidden && !slices.Contains(items, s) {
				items = append(items, s)
			}
		}
		return sorted(items, key), sel.ascending
	case plain && len(sel.statuses) > 0 && !slices.Contains(sel.statuses, "COMPLETE"):
		return sorted(x.withStatus(sel.statuses), key), sel.ascending
	case plain && key == "creation_time":
		return x.byCreate, sel.ascending
	case plain && key == "updated_time":
		return x.byUpdate, sel.ascending
	}
	var items []*stack
	for _, q := range c.visible(p, admin) {
		items = append(items, q.index.byCreate.items...)
		if sel.deleted {
			items = append(items, q.index.deleted.items...)
		}
		if sel.nested {
			for s := range q.index.nested {
				items = append(items, s)
			}
		}
	}
	return sorted(items, key), sel.ascending
}

// visible are the projects whose stacks a list shows: all to an admin.
func (c *Cloud) visible(p *project, admin bool) []*project {
	if !admin {
		return []*project{p}
	}
	var all []*project
	for _, name := range slices.Sorted(mapKeys(c.projects)) {
		all = append(all, c.projects[name])
	}
	return all
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func sorted(items []*stack, key string) ordered {
	less := createdBefore
	switch key {
	case "updated_time":
		less = updatedBefore
	case "stack_name":
		less = func(a, b *stack) bool { return lessText(fold(a.name), fold(b.name), a, b) }
	case "stack_status":
		less = func(a, b *stack) bool { return lessText(a.status, b.status, a, b) }
	}
	items = slices.Clone(items)
	sort.Slice(items, func(i, j int) bool { return less(items[i], items[j]) })
	return ordered{less: less, items: items}
}

func lessText(a, b string, s, t *stack) bool {
	if a != b {
		return a < b
	}
	return s.id < t.id
}

func (c *Cloud) count(p *project, sel *selection, admin bool) int {
	all := *sel
	all.limit, all.marker = -1, ""
	if len(sel.tags) == 0 && len(sel.filters) == 0 && !sel.deleted && !sel.nested && !admin {
		return len(p.index.byCreate.items)
	}
	return len(c.page(p, &all, admin))
}

type link struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

// row is one entry of a list.
type row struct {
	Description string   `json:"description"`
	Parent      any      `json:"parent"`
	Deleted     any      `json:"deletion_time"`
	Name        string   `json:"stack_name"`
	UserProject string   `json:"stack_user_project_id"`
	Reason      string   `json:"stack_status_reason"`
	Created     any      `json:"creation_time"`
	Links       []link   `json:"links"`
	Updated     any      `json:"updated_time"`
	Owner       string   `json:"stack_owner"`
	Status      string   `json:"stack_status"`
	ID          string   `json:"id"`
	Tags        []string `json:"tags"`
	Project     string   `json:"project,omitempty"`
}

func (c *Cloud) row(k *call, s *stack) row {
	r := row{
		Name: s.name, UserProject: userProject(s), Reason: s.reason, Created: stamp(s.created),
		Updated: stamp(s.updated), Deleted: stamp(s.deleted), Owner: s.owner, Status: s.state(), ID: s.id, Tags: s.tags,
		Links: []link{{Href: k.base + stackPath(s), Rel: "self"}},
	}
	if s.parent != nil {
		r.Parent = s.parent.id
	}
	return r
}

func userProject(s *stack) string { return strings.ReplaceAll(s.root().id, "-", "") }

// entry renders a stack once and again only after it changed.
func (c *Cloud) entry(k *call, s *stack, admin bool) []byte {
	if admin {
		r := c.row(k, s)
		r.Project = s.project.id
		raw, _ := json.Marshal(r)
		return ascii(raw)
	}
	if s.rendered == nil || s.base != k.base {
		raw, _ := json.Marshal(c.row(k, s))
		s.rendered, s.base = ascii(raw), k.base
	}
	return s.rendered
}

func (c *Cloud) listDetail(k *call) (*answer, error) {
	sel, err := readSelection(k.query)
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, s := range c.page(k.proj, sel, k.token.user.Admin) {
		all = append(all, c.showBody(k, s, true))
	}
	return reply(http.StatusOK, map[string]any{"stacks": all}), nil
}
