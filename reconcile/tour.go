package reconcile

import (
	"slices"
	"time"
)

// tour walks all clusters in the order of their names and has each compared in
// full, one at a time: what the list cannot show (a parameter somebody patched
// while no hint was known, a template changed) is found by the next tour but one.
type tour struct {
	names  []string // sorted
	cursor string   // the last one visited
	next   time.Time
	ended  time.Time // when the last whole tour ended
}

// restOfTour is the least time between two visits of one cluster: a small fleet
// is not asked all the time.
const restOfTour = 10 * time.Minute

func (t *tour) add(name string) {
	if i, ok := slices.BinarySearch(t.names, name); !ok {
		t.names = slices.Insert(t.names, i, name)
	}
}

func (t *tour) remove(name string) {
	if i, ok := slices.BinarySearch(t.names, name); ok {
		t.names = slices.Delete(t.names, i, i+1)
	}
}

// tourTurn has the next cluster compared when its turn has come. Clusters that
// are not settled are passed over: they are compared on their own way.
func (e *Engine) tourTurn() {
	t := &e.tour
	every := e.settings.Poll.DeepEvery
	if !e.cloud.whole || every <= 0 || len(t.names) == 0 {
		t.next = time.Time{}
		return
	}
	if t.next.IsZero() {
		t.next = e.now
	}
	if t.next.After(e.now) {
		return
	}
	t.next = e.now.Add(every)
	for range min(len(t.names), 100) {
		c := e.clusters[e.tourNext()]
		if c == nil || c.Said.Outcome != Settled || c.Open != nil || c.Deep.Now {
			continue
		}
		rest := max(restOfTour, e.settings.Poll.Resync)
		if !c.Deep.Last.IsZero() && c.Deep.Last.Add(rest).After(e.now) {
			continue
		}
		if e.demanded(c.Name).kind != demandPresent {
			continue
		}
		c.Deep.Now = true
		e.touch(c.Name)
		return
	}
	if len(t.names) <= 100 {
		t.next = e.now.Add(max(every, 30*time.Second))
	}
}

func (e *Engine) tourNext() string {
	t := &e.tour
	i, found := slices.BinarySearch(t.names, t.cursor)
	if found {
		i++
	}
	if i >= len(t.names) {
		i = 0
		t.ended = e.now
	}
	t.cursor = t.names[i]
	return t.cursor
}
