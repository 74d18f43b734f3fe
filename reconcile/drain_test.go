package reconcile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
)

// emptied is a world of clusters whose updates and deletes come after a drain,
// which ends when the test says so.
type emptied struct {
	*world
	rounds  map[string]int // of drains, by cluster
	pending bool
	says    *StepEnded // instead of the usual answer
}

func newEmptied(t *testing.T, names ...string) *emptied {
	t.Helper()
	w := &emptied{world: newWorld(t), rounds: map[string]int{}, pending: true}
	w.clusters(names...)
	w.onDo = func(d Do) *StepEnded {
		if d.Step.Kind != plan.StepDrain {
			return nil
		}
		w.rounds[d.Cluster]++
		if w.says != nil {
			says := *w.says
			return &says
		}
		return &StepEnded{Verdict: Accepted, StackID: d.StackID, Pending: w.pending, WaitsFor: "default/db: its budget"}
	}
	w.start(nil, nil)
	w.push().run(5 * time.Minute)
	w.drains, w.done, w.findings = "drain-1", nil, nil
	return w
}

func (w *emptied) bigger(names ...string) *emptied {
	for _, n := range names {
		w.file(n+".yaml", clusterDoc(n, ", flavor: big"))
	}
	w.push()
	return w
}

func (w *emptied) said(cluster string) said { return w.e.clusters[cluster].Said }

func TestDrainIsAskedAgainUntilItEnds(t *testing.T) {
	w := newEmptied(t, "a").bigger("a")
	w.run(5 * time.Minute)
	w.is("a waiting/drain")
	w.wrote()
	if n := w.rounds["a"]; n < 10 || n > 40 {
		t.Errorf("%d rounds in five minutes", n)
	}
	if got := w.said("a").Message; !strings.Contains(got, "drain a: default/db: its budget") {
		t.Errorf("it says %q", got)
	}
	begun := 0
	for _, f := range w.findings {
		if f.Kind == FoundStepBegun || f.Kind == FoundStepEnded || f.Kind == FoundPlan {
			begun++
		}
	}
	if begun != 2 { // the plan and its first step, once
		t.Errorf("%d findings of one drain: %+v", begun, w.findings)
	}
	w.pending = false
	w.run(2 * time.Minute)
	w.is("a settled")
	w.wrote("update a")
}

func TestDrainOutlivesTheAgent(t *testing.T) {
	w := newEmptied(t, "a").bigger("a")
	w.run(time.Minute)
	w.restart(nil, nil)
	w.push().run(time.Minute)
	w.is("a waiting/drain")
	w.pending = false
	w.run(2 * time.Minute)
	w.wrote("update a")
}

// A newer revision is looked at at once, and what it does not drain goes on.
func TestRevisionStopsADrain(t *testing.T) {
	w := newEmptied(t, "a").bigger("a")
	w.run(time.Minute)
	n := w.rounds["a"]
	w.clusters("a")
	w.push().run(10 * time.Minute)
	w.is("a settled")
	w.wrote()
	if w.rounds["a"] != n || w.e.clusters["a"].Drain != (draining{}) {
		t.Errorf("it drains on: %d, then %d rounds", n, w.rounds["a"])
	}
}

func TestPauseStopsADrain(t *testing.T) {
	w := newEmptied(t, "a").bigger("a")
	w.run(time.Minute)
	n := w.rounds["a"]
	w.send(Asked{At: w.at(), Ask: Pause})
	w.run(10 * time.Minute)
	w.is("a held/paused")
	if w.rounds["a"] > n+1 {
		t.Errorf("%d rounds while paused", w.rounds["a"]-n)
	}
}

func TestStalledDrainIsAPersons(t *testing.T) {
	w := newEmptied(t, "a").bigger("a")
	w.says = &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultDependency, Who: Author, Summary: "node w-0 could not be emptied in time"}}
	w.run(time.Minute)
	w.is("a stalled/dependency")
	w.wrote()
}

// The end of a drain is not believed for ever: pods come again.
func TestDrainEndsAreForgotten(t *testing.T) {
	w := newEmptied(t, "a")
	w.pending = false
	w.hold = func(c Command) bool { d, ok := c.(Do); return ok && d.Step.Kind == plan.StepUpdate }
	w.bigger("a")
	w.run(time.Minute)
	c := w.e.clusters["a"]
	if !c.Drain.Ended || w.rounds["a"] != 1 {
		t.Fatalf("%+v after %d rounds", c.Drain, w.rounds["a"])
	}
	w.held, w.hold = nil, nil
	w.send(StepEnded{At: w.at(), ID: c.Open.ID, Verdict: Refused, Fault: &Fault{Code: FaultUnavailable, Transient: true, Who: Cloud, Summary: "Heat is away"}})
	w.now = w.now.Add(2 * drainedFor)
	w.run(5 * time.Minute)
	if w.rounds["a"] != 2 {
		t.Errorf("%d rounds", w.rounds["a"])
	}
	w.wrote("update a")
}

func TestDrainsCountForTheRollout(t *testing.T) {
	w := newEmptied(t, "a", "b", "c")
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
	w.bigger("a", "b", "c")
	w.run(5 * time.Minute)
	w.is("a waiting/drain", "b held/rollout", "c held/rollout")
	if len(w.rounds) != 1 {
		t.Errorf("drained at once: %v", w.rounds)
	}
	w.pending = false
	w.run(20 * time.Minute)
	w.is("a settled", "b settled", "c settled")
}

// A drain that a person must see to gives its place in the rollout back.
func TestStalledDrainTakesNoPlaceInTheRollout(t *testing.T) {
	w := newEmptied(t, "a", "b")
	w.says = &StepEnded{Verdict: Refused, Fault: &Fault{Code: FaultDependency, Who: Author, Summary: "stalled"}}
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
	w.bigger("a", "b")
	w.run(5 * time.Minute)
	w.is("a stalled/dependency", "b stalled/dependency")
}

// What is removed before a delete is held by the guard of the delete.
func TestGuardOfDeletesHoldsWhatComesBefore(t *testing.T) {
	w := newEmptied(t, "a", "b", "c", "d")
	for _, n := range []string{"a", "b"} {
		w.file(n+".yaml", clusterDoc(n, ", lifecycle: Absent"))
	}
	w.push().run(10 * time.Minute)
	w.is("a held/max-deletes", "b held/max-deletes")
	if len(w.rounds) > 0 {
		t.Errorf("cleaned nevertheless: %v", w.rounds)
	}
	w.clusters("b")
	w.push().run(5 * time.Minute)
	w.is("a waiting/drain", "b settled")
	// It waits its turn while another is asked away too.
	w.file("b.yaml", clusterDoc("b", ", lifecycle: Absent"))
	w.push()
	n := w.rounds["a"]
	w.run(5 * time.Minute)
	w.is("a held/max-deletes", "b held/max-deletes")
	if w.rounds["a"] > n+1 || w.rounds["b"] > 0 {
		t.Errorf("rounds %v, a had %d", w.rounds, n)
	}
	w.clusters("b")
	w.pending = false
	w.push().run(5 * time.Minute)
	if !slices.Contains(w.done, "delete a") {
		t.Errorf("done %q", w.done)
	}
}

// A stack that hangs is freed by a write, and emptying nodes before it writes
// nothing: it is asked for at its pace, and is none of the tries.
func TestStackThatHangsIsFreedAfterItsDrain(t *testing.T) {
	w := newEmptied(t, "a")
	w.pending, w.took = false, 1000*time.Hour
	w.file("a.yaml", clusterDoc("a", ", timeout: 30m, flavor: big"))
	w.push().run(38 * time.Minute)
	w.wrote("update a")
	n := w.rounds["a"]
	w.pending = true
	w.file("a.yaml", clusterDoc("a", ", timeout: 30m, flavor: bigger"))
	w.push().run(20 * time.Minute)
	w.is("a waiting/drain")
	w.wrote()
	if got := w.rounds["a"] - n; got < 10 || got > 160 {
		t.Errorf("%d rounds in less than 20 minutes", got)
	}
	w.pending, w.took = false, 20*time.Second
	w.run(5 * time.Minute)
	w.wrote("update a")
	w.is("a settled")
}
