package torture

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// noneDoubled wants no two stacks of one cluster to have lived at the same time,
// then or now. Heat's times are whole seconds.
func (r *trialRun) noneDoubled(t *testing.T) {
	all, err := r.stacks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]live.Row{}
	for _, row := range all { // oldest first
		before, second := last[row.Name]
		last[row.Name] = row
		if second && (alive(before) || row.Created.Before(before.Deleted.Add(-time.Second))) {
			t.Errorf("%s had two stacks at once: %s made %s, gone %s; %s made %s", row.Name, before.ID, before.Created, before.Deleted, row.ID, row.Created)
		}
	}
}

// noneLost wants every stack that is gone to have gone by somebody's hand or by a
// delete that the agent sent.
func (r *trialRun) noneLost(t *testing.T) {
	all, err := r.stacks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		if leaving(row) && !r.deleted(row.ID) {
			t.Errorf("stack %s %s of %s is %s, and nobody deleted it", row.Name, row.ID, row.Created, row.Status)
		}
	}
}

// leaving tells whether a stack is gone or on its way.
func leaving(row live.Row) bool { return row.Status.Action == live.Delete || !row.Deleted.IsZero() }

// deleted tells whether a person or the agent may have deleted a stack.
func (r *trialRun) deleted(id string) bool {
	return r.hands.hasDeleted(id) || slices.ContainsFunc(r.cloud.proxy.Writes(), func(w Write) bool {
		return w.Method == http.MethodDelete && w.ID == id && w.Delivered()
	})
}

// deletesWereAsked wants each delete to be of a cluster whose document asked it
// away at the time: in a commit so far, and in the one in force.
func (r *trialRun) deletesWereAsked(t *testing.T) {
	commits := r.people.history()
	for _, w := range r.cloud.proxy.Writes() {
		if w.Method != http.MethodDelete {
			continue
		}
		name := r.clusterOf(w.Name)
		asked := slices.ContainsFunc(commits, func(c commit) bool { return c.Begun.Before(w.At) && c.Tree.absent(name) })
		if !asked {
			t.Errorf("%s: a delete was sent for %s, which no commit so far had asked away", w.At.Format(time.TimeOnly), w.Name)
		} else if late, since := r.during(w.At, func(s tree) bool { return !s.NoFleet && !s.absent(name) }); late {
			t.Errorf("%s: a delete was sent for %s, which was not asked away any more %s before", w.At.Format(time.TimeOnly), w.Name, since)
		}
	}
}

// during tells whether a revision that is so was in force at a moment, with
// nothing else pushed since, for longer than a step that was begun may take.
func (r *trialRun) during(at time.Time, so func(tree) bool) (yes bool, since time.Duration) {
	var first time.Time
	for _, c := range r.people.history() {
		if c.Begun.After(at) {
			break
		}
		if !so(c.Tree) {
			first = time.Time{}
			continue
		}
		if seen, known := r.watch.inForce(c.Revision); known && first.IsZero() {
			first = seen
		}
	}
	if first.IsZero() || at.Before(first) {
		return false, 0
	}
	since = at.Sub(first)
	return since > r.cloud.pace.grace, since
}

// strangersUntouched wants every stack of strangers as it was, no write sent to
// any, and that the clusters of those names were said to be in conflict.
func (r *trialRun) strangersUntouched(t *testing.T) {
	ids := map[string]bool{}
	for _, before := range r.strangers {
		ids[before.ID] = true
		now, err := r.cloud.heat.Show(t.Context(), ref(before.Row), false)
		if err != nil {
			t.Errorf("a stranger's stack: %v", err)
			continue
		}
		if now.ID != before.ID || now.Status != before.Status || !now.Updated.Equal(before.Updated) || !maps.Equal(now.Parameters, before.Parameters) || !slices.Equal(sorted(now.Tags), sorted(before.Tags)) {
			t.Errorf("a stranger's stack was %+v and is %+v", before, now)
		}
	}
	for _, w := range r.cloud.proxy.Writes() {
		if ids[w.ID] {
			t.Errorf("%s: %s was sent to stranger's stack %s", w.At.Format(time.TimeOnly), w.Method, w.Name)
		}
	}
	if err := r.guestsWarned(); err != nil {
		t.Error(err)
	}
	for _, name := range r.guests {
		if r.watch.saidOf(name)["settled"] {
			t.Errorf("%s, whose name a stranger's stack has, was said to be settled", name)
		}
	}
}

// guestsWarned wants every cluster whose name a stranger's stack has to have been told
// that it is in conflict.
func (r *trialRun) guestsWarned() error {
	for _, name := range r.guests {
		if said := r.watch.saidOf(name); !said["stalled conflict"] {
			return fmt.Errorf("%s, whose name a stranger's stack has, was never told to be in conflict, only %v", name, said)
		}
	}
	return nil
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// frozenUntouched wants no write to a cluster while the revision in force has it
// suspended, unreadable or not at all.
func (r *trialRun) frozenUntouched(t *testing.T) {
	for _, w := range r.cloud.proxy.Writes() {
		name := r.clusterOf(w.Name)
		if name == "" {
			t.Errorf("%s: %s was sent to %s, which is no stack of the fleet", w.At.Format(time.TimeOnly), w.Method, w.Name)
		}
		if frozen, since := r.during(w.At, func(s tree) bool { return s.frozen(name) }); frozen {
			t.Errorf("%s: %s was sent to %s, which had been frozen for %s", w.At.Format(time.TimeOnly), w.Method, w.Name, since)
		}
	}
}

// frozenAlive wants the newest stack of each cluster that is suspended or has
// vanished to be there, unless it had been deleted before.
func (r *trialRun) frozenAlive(t *testing.T) {
	all, err := r.stacks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	newest := map[string]live.Row{}
	for _, row := range all {
		newest[r.clusterOf(row.Name)] = row
	}
	head := r.people.last().Tree
	for _, name := range r.people.names {
		row, made := newest[name]
		if made && head.frozen(name) && leaving(row) && !r.deleted(row.ID) {
			t.Errorf("%s is frozen and its stack %s is %s", name, row.ID, row.Status)
		}
	}
}
