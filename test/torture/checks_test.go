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
	// What hands did last is known once a list that was asked for since has been read.
	every, err := time.ParseDuration(r.cloud.pace.inventory)
	if err != nil || !f.Lanes.Inventory.After(head.Done.Add(every)) {
		return fmt.Errorf("the agent's last inventory is of %s, the last commit of %s (%v)", f.Lanes.Inventory.Format(time.TimeOnly), head.Done.UTC().Format(time.TimeOnly), err)
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

// statusTrue wants each cluster's status to name the stack that Heat has, be it one
// that Heat has deleted and does not let go of.
func (r *trialRun) statusTrue(t *testing.T) {
	rows, err := r.living(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lingers, err := r.lingering(t.Context())
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
		case len(of) == 0 && lingers[c.Stack.ID] && c.Stack.Status == "DELETE_COMPLETE":
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
