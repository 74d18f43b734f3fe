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

// selection is a list request, read.
type selection struct {
	limit               int // negative: none
	marker              string
	keys                []string
	ascending           bool
	deleted, nested     bool
	showHidden          bool
	count               bool
	tags                map[string][]string // by parameter
	filters             map[string][]string // by column
	statuses, actions   []string
	combined, anyFilter bool
}

// columns are the filters that reach the database, by query name.
var columns = map[string]string{
	"id": "id", "name": "name", "stack_name": "name",
	"status": "status", "stack_status": "status", "action": "action", "stack_action": "action",
	"tenant": "tenant", "username": "username", "stack_owner": "username",
	"owner_id": "owner_id", "parent": "owner_id", "stack_status_reason": "status_reason",
	"disable_rollback": "disable_rollback", "timeout_mins": "timeout",
	"stack_user_project_id": "stack_user_project_id",
}

var sortKeys = []string{"stack_name", "stack_status", "creation_time", "updated_time"}

func readSelection(q url.Values) (*selection, error) {
	sel := &selection{limit: -1, marker: q.Get("marker"), tags: map[string][]string{}, filters: map[string][]string{}}
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, badRequest("Only integer is allowed by Heat to \"limit\"")
		}
		if n < 0 {
			return nil, badRequest("Value '" + v + "' is invalid for 'limit' which only accepts non-negative integer.")
		}
		sel.limit = n
	}
	for _, flag := range []struct {
		name string
		to   *bool
	}{
		{"show_deleted", &sel.deleted},
		{"show_nested", &sel.nested},
		{"show_hidden", &sel.showHidden},
		{"with_count", &sel.count},
	} {
		var err error
		if *flag.to, err = boolean(q, flag.name); err != nil {
			return nil, err
		}
	}
	for _, key := range q["sort_keys"] {
		if slices.Contains(sortKeys, key) {
			sel.keys = append(sel.keys, key)
		}
	}
	sel.ascending = q.Get("sort_dir") == "asc" || (len(sel.keys) > 0 && q.Get("sort_dir") != "desc")
	if dir := q.Get("sort_dir"); dir != "" && dir != "asc" && dir != "desc" {
		return nil, refuse(http.StatusBadRequest, "ValueError", "Unknown sort direction, must be one of: asc, desc")
	}
	for _, name := range []string{"tags", "tags_any", "not_tags", "not_tags_any"} {
		if v := q.Get(name); v != "" {
			sel.tags[name] = strings.Split(v, ",")
		}
	}
	sel.readFilters(q)
	return sel, nil
}

func boolean(q url.Values, name string) (bool, error) {
	if !q.Has(name) {
		return false, nil
	}
	switch strings.ToLower(q.Get(name)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, badRequest("Unrecognized value '" + q.Get(name) + "' for \"" + name + "\", acceptable values are: true, false")
}

func (sel *selection) readFilters(q url.Values) {
	for name, column := range columns {
		for _, v := range q[name] {
			if v != "" {
				sel.filters[column] = append(sel.filters[column], v)
			}
		}
	}
	for _, v := range sel.filters["status"] {
		action, status, both := strings.Cut(strings.ToUpper(v), "_")
		switch {
		case strings.EqualFold(v, "IN_PROGRESS"):
			sel.statuses = append(sel.statuses, "IN_PROGRESS")
		case both:
			sel.actions, sel.statuses = append(sel.actions, action), append(sel.statuses, status)
		default:
			sel.statuses = append(sel.statuses, action)
		}
	}
	sel.actions = append(sel.actions, sel.filters["action"]...)
}

// trap is the 500 or the empty list that "tags" gives beside a filter of one
// value: Heat 19 puts the filter to the joined tag table.
func (sel *selection) trap() (empty bool, err error) {
	if len(sel.tags["tags"]) == 0 {
		return false, nil
	}
	for _, column := range []string{"status", "action", "name", "username", "owner_id"} {
		values := sel.filters[column]
		single := len(values) == 1 || (column == "status" && len(slices.Compact(slices.Sorted(slices.Values(sel.statuses)))) == 1)
		if single {
			return false, refuse(http.StatusInternalServerError, "RemoteError", "")
		}
	}
	return len(sel.filters["id"]) == 1, nil
}

func (sel *selection) matches(s *stack, admin bool) bool {
	if !sel.nested && s.parent != nil {
		return false
	}
	if !sel.showHidden && slices.Contains(s.tags, "data-processing-cluster") {
		return false
	}
	return sel.matchesTags(s) && sel.matchesFilters(s)
}

func (sel *selection) matchesTags(s *stack) bool {
	if len(sel.tags) == 0 {
		return true
	}
	has := func(t string) bool {
		return slices.ContainsFunc(s.tags, func(own string) bool { return strings.EqualFold(own, t) })
	}
	all := func(tags []string) bool {
		return !slices.ContainsFunc(tags, func(t string) bool { return !has(t) })
	}
	anyOf := func(tags []string) bool { return slices.ContainsFunc(tags, has) }
	if t := sel.tags["tags"]; t != nil && !all(t) {
		return false
	}
	if t := sel.tags["tags_any"]; t != nil && !anyOf(t) {
		return false
	}
	if t := sel.tags["not_tags"]; t != nil && all(t) {
		return false
	}
	t := sel.tags["not_tags_any"]
	return t == nil || !anyOf(t)
}

func (sel *selection) matchesFilters(s *stack) bool {
	in := func(values []string, v string) bool {
		return len(values) == 0 || slices.ContainsFunc(values, func(w string) bool { return strings.EqualFold(w, v) })
	}
	parent := ""
	if s.parent != nil {
		parent = s.parent.id
	}
	return in(sel.statuses, s.status) && in(sel.actions, s.action) &&
		in(sel.filters["id"], s.id) && in(sel.filters["name"], s.name) &&
		in(sel.filters["username"], s.owner) && in(sel.filters["owner_id"], parent) &&
		in(sel.filters["tenant"], s.project.id) && in(sel.filters["status_reason"], s.reason) &&
		in(sel.filters["timeout"], strconv.Itoa(s.timeoutMinutes))
}

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
	nullable := len(sel.keys) > 0 && sel.keys[0] == "updated_time"
	if m := c.stacks[sel.marker]; m != nil && !m.hidden {
		at := from.place(m)
		if i = at; ascending {
			for i < len(from.items) && !from.less(m, from.items[i]) {
				i++
			}
		} else {
			i = at - 1
		}
	} else {
		nullable = false
	}
	var page []*stack
	for ; i >= 0 && i < len(from.items) && (sel.limit < 0 || len(page) < sel.limit); i += step {
		s := from.items[i]
		// Comparing with a null column is never true: after a marker only
		// stacks like it, updated or never updated, are found.
		if nullable && s.updated.IsZero() != c.stacks[sel.marker].updated.IsZero() {
			continue
		}
		if sel.matches(s, admin) {
			page = append(page, s)
		}
	}
	return page
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
