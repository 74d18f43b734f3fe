package simulation

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// answerChecks are promises about what the engine is told, and what it makes of
// it.
var answerChecks = []check{
	{
		name: "P3 verdict", says: "a step is refused only if nothing of it can have been taken, and accepted only if Heat took it or had it already",
		event: tellsTheVerdict,
	},
	{
		name: "P2 gone", says: "a list never says that a stack is gone which was there all the time",
		event: tellsGoneTruly,
	},
	{
		name: "P2 look", says: "a look that shows no stack where there was one all the time has failed, and says so",
		event: looksTruly,
	},
	{
		name: "retry-after", says: "a list is not asked for again before the server wants to be asked",
		event: waitsAsTold,
	},
	{
		name: "P5 afresh", says: "a newer want is not paced by the failures of the older",
		event: beginsAfresh,
	},
}

func tellsTheVerdict(_ *world, a *agent, ev reconcile.Event, _ reconcile.Output) string {
	e, ok := ev.(reconcile.StepEnded)
	if !ok {
		return ""
	}
	d := a.oracle.witness.steps[e.ID]
	if d == nil {
		return ""
	}
	switch {
	case e.Verdict == reconcile.Refused && d.unclear:
		return fmt.Sprintf("%s: %s was refused, and its write may have been taken", d.do.Cluster, d.do.Step.Title)
	case e.Verdict == reconcile.Accepted && d.requests == 0 && a.p.programs[d.do.Driver].lie != lieAccepted:
		return fmt.Sprintf("%s: %s was accepted, and nothing was asked of Heat", d.do.Cluster, d.do.Step.Title)
	case e.Verdict == reconcile.Accepted && d.writes > 0 && !d.took:
		return fmt.Sprintf("%s: %s was accepted, and its write was not answered with success", d.do.Cluster, d.do.Step.Title)
	}
	return ""
}

func waitsForEarlierCreates(w *world, a *agent, do reconcile.Do) string {
	if do.Step.Kind != plan.StepCreate {
		return ""
	}
	o := &a.oracle.witness
	wait := a.shape().settings().SettleIn
	if since := w.now.Sub(o.begun); !o.clean && since < wait {
		return fmt.Sprintf("%s: a create %v after a start without hints of a clean stop", do.Cluster, since)
	}
	if at, ok := o.doubt[do.Cluster]; ok && w.now.Sub(at) < wait {
		return fmt.Sprintf("%s: a create %v after one whose fate is not known", do.Cluster, w.now.Sub(at))
	}
	return ""
}

func tellsGoneTruly(w *world, a *agent, ev reconcile.Event, _ reconcile.Output) string {
	e, ok := ev.(reconcile.Listed)
	if !ok || e.Lane != reconcile.LaneInventory || len(e.Gone) == 0 {
		return ""
	}
	was, is := a.oracle.witness.lists[e.Lane].there, a.fleet.present()
	for id := range was {
		if !is[id] {
			return "" // one that went while the list was read hides one that was lost
		}
	}
	for _, id := range e.Gone {
		if was[id] {
			return fmt.Sprintf("an inventory says that stack %s is gone, and it was there all the time", id)
		}
	}
	return ""
}

// looksTruly leaves out what was shown with other rows than Heat's: a look has no
// count to compare with.
func looksTruly(_ *world, a *agent, ev reconcile.Event, _ reconcile.Output) string {
	e, ok := ev.(reconcile.Looked)
	look, known := a.oracle.witness.looks[e.ID]
	if !ok || !known || e.Fault != nil || !a.oracle.witness.edited.Before(look.asked) {
		return ""
	}
	is, shown := a.fleet.present(), map[string]bool{}
	for _, r := range e.Rows {
		shown[r.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(look.there)) {
		if is[id] && !shown[id] {
			return fmt.Sprintf("a look shows no stack %s, and it was there all the time", id)
		}
	}
	return ""
}

func waitsAsTold(w *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	if _, person := ev.(reconcile.Asked); person {
		return "" // the agent's gate holds what a person asks for back
	}
	for _, c := range out.Commands {
		l, ok := c.(reconcile.List)
		if !ok || l.Lane == reconcile.LaneInProgress {
			continue
		}
		if till := a.oracle.witness.lists[l.Lane].notTill; w.now.Before(till) {
			return fmt.Sprintf("the %s list is asked for %v before the server wants it", l.Lane, till.Sub(w.now).Round(time.Second))
		}
	}
	return ""
}

// beginsAfresh looks at the clusters of which a revision asks something new.
func beginsAfresh(_ *world, a *agent, ev reconcile.Event, _ reconcile.Output) string {
	r, ok := ev.(reconcile.Revision)
	if !ok {
		return ""
	}
	o := &a.oracle.witness
	before, now := a.fleet.repo.commit(o.told), a.fleet.repo.commit(r.ID)
	o.told = r.ID
	if before == nil || now == nil {
		return ""
	}
	status := a.status()
	for _, c := range status.Clusters {
		was, _ := a.fleet.repo.read(before).Cluster(c.Name)
		is, _ := a.fleet.repo.read(now).Cluster(c.Name)
		if was.Hash == is.Hash {
			continue
		}
		delete(a.oracle.writes, c.Name) // what is written from now on is for another want
		if c.Attempt > 1 && !o.waits(c.Name) {
			return fmt.Sprintf("%s: revision %s asks something new, and it is the %dth try that is waited for", c.Name, r.ID, c.Attempt)
		}
	}
	return ""
}

// The witness stands between: it hears an event once its answer has been judged,
// and before the steps that it led to are.
func init() {
	checks = slices.Concat(checks, answerChecks, []check{{event: hears}}, policyChecks, truthChecks, crewChecks, secretChecks, []check{{event: asks}})
}
