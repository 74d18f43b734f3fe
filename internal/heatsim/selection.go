package heatsim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// selection is a list request, read.
type selection struct {
	limit             int // negative: none
	marker            string
	keys              []string
	ascending         bool
	deleted, nested   bool
	showHidden        bool
	count             bool
	tags              map[string][]string // by parameter
	filters           map[string][]string // by column
	statuses, actions []string
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
