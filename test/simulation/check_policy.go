package simulation

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// policyChecks are promises about which steps may be taken, and which writes may
// follow from them.
var policyChecks = []check{
	{
		name: "P1 pause", says: "a pause holds until somebody ends it, over restarts too",
		step: mayWritePaused, event: staysPaused,
	},
	{
		name: "P2 unread", says: "nothing is written before an inventory has been read whole",
		step: hasAnInventory,
	},
	{
		name: "P2 creates", says: "no stack is made while more than maxCreates would be made for the first time, unless a person approves",
		step: createsWithinGuard,
	},
	{
		name: "P3 settle-in", says: "a stack is made only when no earlier create can still be taken: not within Heat's RPC timeout of one whose fate is not known, or of a start without hints of a clean stop",
		step: waitsForEarlierCreates,
	},
	{
		name: "P4 planned", says: "a step writes to its stack as it was planned, as far as its own look told",
		write: writesWhatWasPlanned,
	},
	{
		name: "P4 driver", says: "a stack is written to by the driver that made it",
		write: keepsDriver,
	},
	{
		name: "P4 adopted", says: "an adopted stack keeps its template",
		write: keepsAdopted,
	},
	{
		name: "P5 superseding", says: "a stack that Heat works on is written to only where neither step disturbs what runs, or past its timeout and a margin",
		step: supersedesGently,
	},
	{
		name: "secret", says: "a cluster is not made without the secret its driver needs",
		step: hasItsSecret,
	},
	{
		name: "rollout", says: "no more clusters are changed at once than the rollout allows",
		event: rollsWithinLimit,
	},
	{
		name: "drift", says: "drift that is only to be reported is left, and what would replace what runs to put it right waits for a person",
		event: leavesDrift,
	},
}

func mayWritePaused(_ *world, a *agent, do reconcile.Do) string {
	if a.oracle.witness.paused {
		return fmt.Sprintf("%s: a step (%s), and nobody has ended the pause", do.Cluster, do.Step.Title)
	}
	return ""
}

func staysPaused(_ *world, a *agent, ev reconcile.Event, _ reconcile.Output) string {
	_, started := ev.(reconcile.Started)
	_, asked := ev.(reconcile.Asked)
	if !started && !asked {
		return ""
	}
	if is, want := a.status().Paused, a.oracle.witness.paused; is != want {
		return fmt.Sprintf("the fleet is paused: %v; asked for: %v", is, want)
	}
	return ""
}

func hasAnInventory(_ *world, a *agent, do reconcile.Do) string {
	if a.oracle.inventory.IsZero() {
		return fmt.Sprintf("%s: a step (%s), and no inventory was whole yet", do.Cluster, do.Step.Title)
	}
	return ""
}

// takenFor tells whether the last inventory showed a stack of a cluster's name that is
// gone by now: a stranger's, and nothing to be made for as long as it is not missed.
func (a *agent) takenFor(cluster string) bool {
	f := a.fleet
	return slices.ContainsFunc(f.cloud.sim.Stacks(f.project, true, false), func(s heatsim.Stack) bool {
		return s.Name == f.stackName(cluster) && s.DeletionTime.After(a.oracle.inventory)
	})
}

func createsWithinGuard(_ *world, a *agent, do reconcile.Do) string {
	c := a.fleet.repo.commit(a.told)
	if do.Step.Kind != plan.StepCreate || a.oracle.witness.approved || c == nil {
		return ""
	}
	pending, all, set := 0, a.fleet.grouped(), a.fleet.repo.read(c)
	for _, name := range a.fleet.names {
		r, ok := set.Cluster(name)
		if ok && r.Cluster != nil && r.State != spec.Unreadable && r.Cluster.Lifecycle == spec.Present && r.Cluster.Adopt == nil &&
			!a.fleet.ever[name] && len(all[name]) == 0 && !a.takenFor(name) {
			pending++
		}
	}
	if most := a.shape().MaxCreates; pending > most {
		return fmt.Sprintf("%s: a create though %d stacks would be made for the first time and maxCreates is %d", do.Cluster, pending, most)
	}
	return ""
}

func writesWhatWasPlanned(_ *world, x *attempt) string {
	d := x.agent.oracle.witness.steps[x.do.ID]
	want := x.do.Precondition
	if d == nil || !x.exists || want.Absent || x.overtaken() {
		return ""
	}
	changed := x.target.Updated
	switch {
	case x.target.ID != want.ID:
		return fmt.Sprintf("%s %s: the step was planned for stack %s", x.method, x.path, want.ID)
	case !changed.Before(d.read.Add(-time.Second)):
		return "" // since its look
	case !changed.Truncate(time.Second).Equal(want.Updated):
		return fmt.Sprintf("%s %s: the stack was updated at %v, the plan saw it as of %v, and the step looked at %v",
			x.method, x.path, changed, want.Updated, d.read)
	}
	return ""
}

func keepsDriver(_ *world, x *attempt) string {
	if made := live.ParseTags(x.target.Tags).Driver; x.exists && made != "" && made != x.do.Driver {
		return fmt.Sprintf("%s %s by driver %s: the stack is driver %s's", x.method, x.path, x.do.Driver, made)
	}
	return ""
}

func keepsAdopted(_ *world, x *attempt) string {
	if x.method == http.MethodPut && x.exists && x.target.Owner == humanUser {
		return fmt.Sprintf("PUT %s over a stack that %s made", x.path, x.target.Owner)
	}
	return ""
}

// stuckAfter is the timeout and the margin after which a stack hangs.
func stuckAfter(do reconcile.Do) time.Duration {
	minutes := 60
	if do.Spec != nil && do.Spec.TimeoutMinutes > 0 {
		minutes = do.Spec.TimeoutMinutes
	}
	return time.Duration(minutes+10) * time.Minute
}

func supersedesGently(w *world, a *agent, do reconcile.Do) string {
	if do.Step.Kind != plan.StepUpdate || !do.Precondition.Status.Working() {
		return ""
	}
	s, ok := a.fleet.cloud.sim.Stack(do.StackID)
	if !ok {
		return ""
	}
	begun := s.Created
	if seen := do.Precondition.Updated; seen.After(begun) { // a change since is for the step's own look to find
		begun = seen
	}
	if w.now.Sub(begun) >= stuckAfter(do)-time.Second {
		return ""
	}
	last := a.oracle.witness.last[do.Cluster]
	gentle := func(e plan.Effect) bool { return e == "" || e.Gentle() }
	if do.Precondition.Status.Action == "UPDATE" && last != nil && gentle(last.do.Step.Disruption) && gentle(do.Step.Disruption) {
		return ""
	}
	return fmt.Sprintf("%s: %s (%s) over a stack that is %s since %v", do.Cluster, do.Step.Title, do.Step.Disruption, do.Precondition.Status, w.now.Sub(begun))
}

func hasItsSecret(w *world, _ *agent, do reconcile.Do) string {
	if do.Driver == safe && do.Intent == plan.Present && !w.scenario.Nodes {
		return fmt.Sprintf("%s: a step (%s), and there is no secret", do.Cluster, do.Step.Title)
	}
	return ""
}

func rollsWithinLimit(w *world, a *agent, _ reconcile.Event, out reconcile.Output) string {
	for _, c := range out.Commands {
		do, ok := c.(reconcile.Do)
		if !ok || do.Step.Kind != plan.StepUpdate || do.Precondition.Status.Working() {
			continue
		}
		commit := a.fleet.repo.commit(a.told)
		if commit == nil {
			continue
		}
		policy, _ := a.fleet.repo.read(commit).Fleet()
		others := a.oracle.witness.rolling(w, a, do.Cluster)
		if most := max(1, policy.Rollout.MaxConcurrent); len(others) >= most {
			return fmt.Sprintf("%s: %s while %s are being changed and %d may be at once", do.Cluster, do.Step.Title, strings.Join(others, ", "), most)
		}
	}
	return ""
}

// rolling are the other clusters of which it is sure that they are being changed.
func (o *witness) rolling(w *world, a *agent, but string) []string {
	var out []string
	for _, name := range a.fleet.names {
		busy := false
		for _, d := range o.steps {
			busy = busy || d.do.Cluster == name && d.do.Step.Kind == plan.StepUpdate
		}
		if d := o.last[name]; d != nil && d.do.Step.Kind == plan.StepUpdate && !d.ended && w.now.Sub(d.accepted) < 30*time.Second {
			s, ok := a.fleet.cloud.sim.Stack(d.do.StackID)
			busy = busy || ok && s.State() == "UPDATE_IN_PROGRESS"
		}
		if busy && name != but {
			out = append(out, name)
		}
	}
	return out
}

func leavesDrift(_ *world, a *agent, _ reconcile.Event, out reconcile.Output) string {
	o := &a.oracle.witness
	for _, c := range out.Commands {
		do, ok := c.(reconcile.Do)
		if !ok || do.Step.Kind != plan.StepUpdate || do.Intent != plan.Present {
			continue
		}
		p, commit := o.plan[do.Cluster], a.fleet.repo.commit(a.told)
		if commit == nil || !onlyDrift(p.Plan.Changes) {
			continue
		}
		policy, _ := a.fleet.repo.read(commit).Fleet()
		switch {
		case policy.Drift == spec.Report:
			return fmt.Sprintf("%s: %s puts drift right that is only to be reported", do.Cluster, do.Step.Title)
		case do.Step.Disruption.Replaces() && !o.approved:
			return fmt.Sprintf("%s: %s replaces what runs to put drift right", do.Cluster, do.Step.Title)
		}
	}
	return ""
}

func onlyDrift(changes []plan.Change) bool {
	for _, c := range changes {
		if !c.Drift {
			return false
		}
	}
	return len(changes) > 0
}
