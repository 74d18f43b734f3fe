package heat

import (
	"net/url"
	"strconv"
	"strings"
)

// SortKey is a column Heat sorts its stack list by.
type SortKey string

// The sort keys heatsync uses. Heat takes any other word without complaint and
// sorts by its default. Sorted by updated_time, a list that is paged loses the
// stacks never updated: use it for a first page only.
const (
	ByCreated SortKey = "creation_time"
	ByUpdated SortKey = "updated_time"
)

// Query asks for one page of the stack list. Several values of one filter mean
// any of them, except that statuses with an action in them (UPDATE_FAILED) are
// split by Heat and match the cross product.
//
// There is no filter for all of several tags: Heat 19 answers 500, or an empty
// list, where "tags" meets another filter. TagsAny is right with all of them.
type Query struct {
	Limit      int    // rows at most; 0 leaves it out, and Heat then gives all
	Marker     string // id of the last row of the page before; an unknown one starts again
	Sort       SortKey
	Descending bool

	Status, Action, Name, ID []string
	TagsAny, NotTags         []string

	ShowDeleted bool
}

// values gives the query string's keys.
func (q Query) values() url.Values {
	v := url.Values{}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Marker != "" {
		v.Set("marker", q.Marker)
	}
	if q.Sort != "" {
		v.Set("sort_keys", string(q.Sort))
		v.Set("sort_dir", direction(q.Descending))
	}
	for key, values := range map[string][]string{
		"status": q.Status, "action": q.Action, "name": repeated(q.Name), "id": repeated(q.ID),
	} {
		for _, value := range values {
			v.Add(key, value)
		}
	}
	if len(q.TagsAny) > 0 {
		v.Set("tags_any", strings.Join(q.TagsAny, ","))
	}
	if len(q.NotTags) > 0 {
		v.Set("not_tags", strings.Join(q.NotTags, ","))
	}
	if q.ShowDeleted {
		v.Set("show_deleted", "true")
	}
	return v
}

func direction(descending bool) string {
	if descending {
		return "desc"
	}
	return "asc"
}

// repeated sends a single value twice: Heat then compares with SQL IN, which is
// right beside every other filter (Heat 19 is not with a plain one).
func repeated(values []string) []string {
	if len(values) == 1 {
		return []string{values[0], values[0]}
	}
	return values
}
