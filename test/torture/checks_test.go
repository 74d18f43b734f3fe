package torture

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// trialRun is all that is known when the torture is over.
type trialRun struct {
	*world
	watch     *watch
	hands     *hands
	strangers strangers
	written   int // writes when all had settled
}

// checks are what must be so when all is quiet again, each under its sentence.
var checks = []struct {
	name  string
	check func(r *trialRun, t *testing.T)
}{
	{"every Present cluster has its one stack", (*trialRun).oneStackEach},
	{"no cluster ever had two stacks", (*trialRun).noneDoubled},
	{"no stack is lost", (*trialRun).noneLost},
	{"no delete was sent that nobody asked for", (*trialRun).deletesWereAsked},
	{"strangers' stacks are untouched", (*trialRun).strangersUntouched},
	{"what was frozen was left alone", (*trialRun).frozenUntouched},
	{"orphans and the suspended are alive", (*trialRun).frozenAlive},
	{"the status tells the truth", (*trialRun).statusTrue},
	{"planning again finds nothing to do", (*trialRun).nothingToDo},
	{"nothing more is written", (*trialRun).staysQuiet},
}

// settled gives what is not yet as the newest commit asks, by the agent's own
// word, nil when all is.
func (r *trialRun) settled(ctx context.Context) error {
	head := r.people.last()
	f, err := r.agent.status(ctx)
	if err != nil {
		return err
	}
	if f.Revision != head.Revision {
		return fmt.Errorf("the agent is at %.8s, not %.8s (%v)", f.Revision, head.Revision, f.SourceError)
	}
	if f.CloudError != nil {
		return fmt.Errorf("the cloud: %s", f.CloudError.Summary)
	}
	said := map[string]reconcile.ClusterStatus{}
	for _, c := range f.Clusters {
		said[c.Name] = c
	}
	var first error
	open := 0
	for _, name := range r.people.names {
		if err := r.tells(head.Tree, said[name], name); err != nil {
			open++
			if first == nil {
				first = err
			}
		}
	}
	if open > 0 {
		return fmt.Errorf("%d clusters are not done: %w", open, first)
	}
	return nil
}

// tells wants a cluster's status to be what its document asks for.
func (r *trialRun) tells(head tree, c reconcile.ClusterStatus, name string) error {
	d, written := head.Clusters[name]
	good := false
	switch {
	case !written:
		good = c.Name == "" || c.Outcome == reconcile.Held && c.Code == reconcile.HeldOrphan
	case d.Lifecycle == "Suspended":
		good = c.Outcome == reconcile.Held && c.Code == reconcile.HeldSuspended
	case d.Lifecycle == "Absent":
		good = c.Name == "" || c.Outcome == reconcile.Settled && c.Stack.ID == ""
	default:
		// An agent that has just started takes a stack at its tags' word until its
		// turn to be compared in full: what was done by hand meanwhile is not seen yet.
		good = c.Outcome == reconcile.Settled && c.Stack.ID != "" && !strings.HasPrefix(c.Message, "not compared in full")
	}
	if good {
		return nil
	}
	return fmt.Errorf("%s is %q, its status %s %s, stack %s %s: %s", name, d.Lifecycle, c.Outcome, c.Code, c.Stack.ID, c.Stack.Status, c.Message)
}

// oneStackEach wants exactly one live stack for each Present cluster, complete,
// with all our tags and the parameters its document asks for; and none for one
// that is Absent.
func (r *trialRun) oneStackEach(t *testing.T) {
	rows, err := r.living(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head := r.people.last().Tree
	for _, name := range slices.Sorted(maps.Keys(head.Clusters)) {
		of := rows[name]
		switch {
		case head.absent(name) && len(of) > 0:
			t.Errorf("%s is asked away and has stack %s %s", name, of[0].ID, of[0].Status)
		case head.present(name) && len(of) != 1:
			t.Errorf("%s has %d live stacks: %v", name, len(of), of)
		case head.present(name):
			r.asWanted(t, head, name, of[0])
		}
	}
}

func (r *trialRun) asWanted(t *testing.T, head tree, name string, row live.Row) {
	t.Helper()
	m := row.Marks()
	if !m.Owns(r.fleet, name) || m.Driver != "trial" || m.Digest == "" || !live.WholeTags(row.Tags, m) || row.Name != r.stackName(name) {
		t.Errorf("stack %s of %s has tags %q", row.Name, name, row.Tags)
	}
	if row.Status.State != live.Complete {
		t.Errorf("stack of %s is %s: %s", name, row.Status, row.Reason)
	}
	shown, err := r.cloud.heat.Show(t.Context(), ref(row), false)
	if err != nil {
		t.Fatal(err)
	}
	for parameter, want := range head.wanted(name) {
		if got := shown.Parameters[parameter]; got != want {
			t.Errorf("%s has %s %q, want %q", name, parameter, got, want)
		}
	}
}

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
	sent := map[string]bool{}
	for _, w := range r.cloud.proxy.Writes() {
		if w.Method == "DELETE" && w.Delivered() {
			sent[w.ID] = true
		}
	}
	for _, row := range all {
		gone := row.Status.Action == live.Delete || !row.Deleted.IsZero()
		if gone && !sent[row.ID] && !r.hands.hasDeleted(row.ID) {
			t.Errorf("stack %s %s of %s is %s, and nobody deleted it", row.Name, row.ID, row.Created, row.Status)
		}
	}
}

// deletesWereAsked wants each delete to be of a cluster whose document asked it
// away at the time: in a commit so far, and in the one in force.
func (r *trialRun) deletesWereAsked(t *testing.T) {
	commits := r.people.history()
	for _, w := range r.cloud.proxy.Writes() {
		if w.Method != "DELETE" {
			continue
		}
		name := r.clusterOf(w.Name)
		asked := slices.ContainsFunc(commits, func(c commit) bool { return c.Begun.Before(w.At) && c.Tree.absent(name) })
		if !asked {
			t.Errorf("%s: a delete was sent for %s, which no commit so far had asked away", w.At.Format(time.TimeOnly), w.Name)
		} else if late, since := r.during(name, w.At, func(s tree) bool { return !s.NoFleet && !s.absent(name) }); late {
			t.Errorf("%s: a delete was sent for %s, which was not asked away any more %s before", w.At.Format(time.TimeOnly), w.Name, since)
		}
	}
}

// during tells whether a revision that is so was in force at a moment, with
// nothing else pushed since, for longer than a step that was begun may take.
func (r *trialRun) during(_ string, at time.Time, so func(tree) bool) (yes bool, since time.Duration) {
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
	for _, name := range r.guests {
		if said := r.watch.saidOf(name); !said["stalled conflict"] || said["settled"] {
			t.Errorf("%s, whose name a stranger's stack has, was never told to be in conflict, only %v", name, said)
		}
	}
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
		if frozen, since := r.during(name, w.At, func(s tree) bool { return s.frozen(name) }); frozen {
			t.Errorf("%s: %s was sent to %s, which had been frozen for %s", w.At.Format(time.TimeOnly), w.Method, w.Name, since)
		}
	}
}

// frozenAlive wants the newest stack of each cluster that is suspended or has
// vanished to be there, unless a person deleted it, or it was gone by Git before.
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
		if !head.frozen(name) || !made || alive(row) && row.Status.Action != live.Delete || r.hands.hasDeleted(row.ID) || r.askedAway(name, row) {
			continue
		}
		t.Errorf("%s is frozen and its stack %s is %s", name, row.ID, row.Status)
	}
}

// askedAway tells whether a stack went because a commit of its time asked for it.
func (r *trialRun) askedAway(name string, row live.Row) bool {
	return slices.ContainsFunc(r.people.history(), func(c commit) bool {
		return c.Tree.absent(name) && c.Begun.After(row.Created.Add(-time.Hour)) && (row.Deleted.IsZero() || c.Begun.Before(row.Deleted.Add(time.Second)))
	})
}

// statusTrue wants each cluster's status to name the stack that Heat has.
func (r *trialRun) statusTrue(t *testing.T) {
	rows, err := r.living(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.agent.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Clusters {
		of := rows[c.Name]
		switch {
		case len(of) == 0 && c.Stack.ID != "" || len(of) == 1 && c.Stack.ID != of[0].ID:
			t.Errorf("%s is said to have stack %q %s, Heat has %v", c.Name, c.Stack.ID, c.Stack.Status, of)
		case len(of) == 1 && c.Stack.Status != of[0].Status.String():
			t.Errorf("%s is said to be %s, Heat says %s", c.Name, c.Stack.Status, of[0].Status)
		}
		delete(rows, c.Name)
	}
	for name, of := range rows {
		if m := of[0].Marks(); m.Owns(r.fleet, name) {
			t.Errorf("the status is silent about stack %s of %s", of[0].ID, name)
		}
	}
}

// nothingToDo wants a fresh plan, in a process of its own, to be empty.
func (r *trialRun) nothingToDo(t *testing.T) {
	if out, code := r.agent.command(t, "plan"); code != 0 {
		t.Errorf("heatsync plan ends with %d:\n%s", code, out)
	}
}

// staysQuiet wants no write since all had settled, over three inventories.
func (r *trialRun) staysQuiet(t *testing.T) {
	inventory, err := time.ParseDuration(r.cloud.pace.inventory)
	if err != nil {
		t.Fatal(err)
	}
	rest(t.Context(), 3*inventory)
	for _, w := range r.cloud.proxy.Writes()[r.written:] {
		t.Errorf("%s: %s was sent to %s, though all had settled", w.At.Format(time.TimeOnly), w.Method, w.Name)
	}
}
