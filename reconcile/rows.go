package reconcile

import (
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// cloud is what is known of the project's stacks.
type cloud struct {
	rows   map[string]knownRow        // by stack id
	byName map[string]map[string]bool // lower-case stack name to ids
	byTag  map[string]map[string]bool // cluster of this fleet, by tags, to ids

	inventory, recent, progress laneState
	whole                       bool // an inventory has been read whole since the start
}

// knownRow is a row with the time at which it was asked for: an answer that was
// asked for earlier says nothing new.
type knownRow struct {
	Row   live.Row  `json:"row"`
	Asked time.Time `json:"asked"`
}

func newCloud() cloud {
	return cloud{rows: map[string]knownRow{}, byName: map[string]map[string]bool{}, byTag: map[string]map[string]bool{}}
}

func (c *cloud) put(fleet string, k knownRow) {
	c.drop(fleet, k.Row.ID)
	c.rows[k.Row.ID] = k
	index(c.byName, strings.ToLower(k.Row.Name), k.Row.ID)
	if m := k.Row.Marks(); m.Marked && m.Fleet == fleet && m.Cluster != "" {
		index(c.byTag, m.Cluster, k.Row.ID)
	}
}

func (c *cloud) drop(fleet, id string) {
	k, ok := c.rows[id]
	if !ok {
		return
	}
	delete(c.rows, id)
	unindex(c.byName, strings.ToLower(k.Row.Name), id)
	if m := k.Row.Marks(); m.Marked && m.Fleet == fleet {
		unindex(c.byTag, m.Cluster, id)
	}
}

func index(m map[string]map[string]bool, key, id string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][id] = true
}

func unindex(m map[string]map[string]bool, key, id string) {
	delete(m[key], id)
	if len(m[key]) == 0 {
		delete(m, key)
	}
}

// stackName is the name of a cluster's own stack.
func (e *Engine) stackName(cluster string) string { return e.settings.Fleet + "--" + cluster }

// clusterOf gives the cluster of this fleet that a stack of that name would be.
func (e *Engine) clusterOf(stack string) (string, bool) {
	return strings.CutPrefix(strings.ToLower(stack), e.settings.Fleet+"--")
}

// learn takes one row that was asked for at a time, and touches every cluster it
// concerns, before and after. A row that says nothing new touches none.
func (e *Engine) learn(r live.Row, asked time.Time) {
	if !r.Deleted.IsZero() {
		e.forget(r.ID, asked)
		return
	}
	if old, ok := e.cloud.rows[r.ID]; ok {
		if old.Asked.After(asked) {
			e.doubtRow(old.Row, r)
			return
		}
		if old.Row.Equal(r) {
			e.cloud.rows[r.ID] = knownRow{Row: r, Asked: asked}
			return
		}
		e.touchRow(old.Row)
	}
	e.cloud.put(e.settings.Fleet, knownRow{Row: r, Asked: asked})
	e.touchRow(r)
}

// doubtRow has a cluster look for itself when a list that was asked for earlier
// shows another state of its stack than a later look: a list takes its time, and
// may have read the row after the look. It would not be told again.
func (e *Engine) doubtRow(known, other live.Row) {
	if mark(known) == mark(other) {
		return
	}
	e.doubted(known)
}

// doubted has the cluster of a row, by its tags or its name, look for itself.
func (e *Engine) doubted(r live.Row) {
	name, _ := e.clusterOf(r.Name)
	if m := r.Marks(); m.Fleet == e.settings.Fleet && m.Cluster != "" {
		name = m.Cluster
	}
	if c := e.clusters[name]; c != nil {
		c.Confirm = true
		e.touch(name)
	}
}

// forget takes it that a stack was not there at a time.
func (e *Engine) forget(id string, asked time.Time) {
	old, ok := e.cloud.rows[id]
	if !ok {
		return
	}
	if old.Asked.After(asked) {
		e.doubted(old.Row)
		return
	}
	e.touchRow(old.Row)
	e.cloud.drop(e.settings.Fleet, id)
}

func (e *Engine) touchRow(r live.Row) {
	if m := r.Marks(); m.Marked && m.Fleet == e.settings.Fleet && m.Cluster != "" {
		e.touch(m.Cluster)
	}
	if name, ok := e.clusterOf(r.Name); ok && (e.clusters[name] != nil || e.wanted(name)) {
		e.touch(name)
	}
	for _, name := range e.source.adopting[strings.ToLower(r.Name)] {
		e.touch(name)
	}
	for _, name := range e.source.adopting[r.ID] {
		e.touch(name)
	}
}

// rowsOf gives the rows of a set of ids, oldest first.
func (e *Engine) rowsOf(ids map[string]bool) []live.Row {
	out := make([]live.Row, 0, len(ids))
	for id := range ids {
		out = append(out, e.cloud.rows[id].Row)
	}
	slices.SortFunc(out, func(a, b live.Row) int {
		if d := a.Created.Compare(b.Created); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// mark names one state of a stack: plans and parts belong to one mark. It begins with
// markOf.
func mark(r live.Row) string {
	return markOf(r.ID, r.Status, r.Updated) + strings.Join(slices.Sorted(slices.Values(r.Tags)), ",")
}

// markOf is what every answer that shows a stack tells of its state.
func markOf(id string, status live.Status, updated time.Time) string {
	return id + " " + status.String() + " " + updated.UTC().Format(time.RFC3339) + " "
}
