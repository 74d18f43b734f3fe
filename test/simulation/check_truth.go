package simulation

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// truthChecks are promises about what the engine says, and when it looks.
var truthChecks = []check{
	{
		name: "settled", says: "settled is said only of a stack that is CREATE_COMPLETE or UPDATE_COMPLETE, with all its tags, as it was compared last",
		event: settlesTruly,
	},
	{
		name: "P3 unborn", says: "a cluster that is asked away is not said to be gone while a create of it may still be taken",
		found: buriesTruly,
	},
	{
		name: "turns", says: "whoever is to be looked at by a time is looked at by then",
		event: keepsTurns,
	},
	{
		name: "stalled", says: "what may pass by itself is tried again before a person is called",
		found: triesFirst,
	},
	{
		name: "P5 stop", says: "a revision that suspends a cluster, or lets it go on, counts at once",
		event: stopsAtOnce,
	},
	{
		name: "P5 gentle", says: "a newer spec is planned at once over a step that disturbs nothing",
		event: plansAtOnce,
	},
	{
		name: "guards let go", says: "a guard that lets go holds nobody",
		event: letsGo,
	},
}

// idle gives the clusters of an agent that wait for no answer after an event
// that was answered with out.
func (a *agent) idle(out reconcile.Output) []reconcile.ClusterStatus {
	asked := map[string]bool{}
	for _, c := range out.Commands {
		asked[clusterOf(c)] = true
	}
	var idle []reconcile.ClusterStatus
	for _, c := range a.status().Clusters {
		if !asked[c.Name] && !a.oracle.witness.waits(c.Name) {
			idle = append(idle, c)
		}
	}
	return idle
}

func settlesTruly(_ *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	l, ok := ev.(reconcile.Listed)
	if !ok || l.Lane != reconcile.LaneInventory && len(l.Rows) == 0 {
		return ""
	}
	hints := a.engine.Hints().Clusters
	for _, c := range a.idle(out) {
		r, ok := a.demand(c.Name)
		if c.Outcome != reconcile.Settled || !ok || r.Cluster == nil || r.Cluster.Lifecycle != spec.Present || c.Stack.Row == nil {
			continue
		}
		row := c.Stack.Row
		switch m := row.Marks(); {
		case c.Stack.Status != "CREATE_COMPLETE" && c.Stack.Status != "UPDATE_COMPLETE":
			return fmt.Sprintf("%s is settled, and its stack is %s", c.Name, c.Stack.Status)
		case !live.WholeTags(row.Tags, live.Marks{Fleet: a.fleet.name, Cluster: c.Name, Driver: r.Cluster.Driver, Digest: m.Digest}):
			return fmt.Sprintf("%s is settled, and its stack has the tags %q", c.Name, row.Tags)
		}
		if h, ok := hints[c.Name]; ok && (h.StackID != row.ID || !h.Updated.Equal(row.Updated)) {
			return fmt.Sprintf("%s is settled as of %v, and its stack was updated at %v", c.Name, h.Updated, row.Updated)
		}
	}
	return ""
}

// clusterOf is the cluster that a command is about, "" for none.
func clusterOf(c reconcile.Command) string {
	switch c := c.(type) {
	case reconcile.AskPlan:
		return c.Cluster
	case reconcile.Do:
		return c.Cluster
	case reconcile.Look:
		return c.Cluster
	case reconcile.ReadParts:
		return c.Cluster
	case reconcile.AskRender:
		return c.Cluster
	case reconcile.ReadHealth:
		return c.Cluster
	case reconcile.ReadSecrets:
		return c.Cluster
	case reconcile.MakeSecrets:
		return c.Cluster
	case reconcile.DropSecrets:
		return c.Cluster
	}
	return ""
}

func buriesTruly(w *world, a *agent, f reconcile.Finding) string {
	r, ok := a.demand(f.Cluster)
	if f.Outcome != reconcile.Settled || !ok || r.Cluster == nil || r.Cluster.Lifecycle != spec.Absent {
		return ""
	}
	o := &a.oracle.witness
	if at, ok := o.doubt[f.Cluster]; ok && w.now.Sub(at) < a.shape().settings().SettleIn {
		return fmt.Sprintf("%s is said to be gone %v after a create whose fate is not known", f.Cluster, w.now.Sub(at))
	}
	for _, d := range o.steps {
		if d.do.Cluster == f.Cluster && d.do.Step.Kind == plan.StepCreate {
			return fmt.Sprintf("%s is said to be gone while it is being created", f.Cluster)
		}
	}
	return ""
}

// turnGrace is how late a turn may be.
const turnGrace = 30 * time.Second

func keepsTurns(_ *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	l, ok := ev.(reconcile.Listed)
	if !ok || l.Lane != reconcile.LaneInventory {
		return ""
	}
	if ready := a.status().Ready; !ready.Source || !ready.Inventory {
		return "" // all wait for these alone
	}
	for _, c := range a.idle(out) {
		if c.Outcome != reconcile.Retrying && c.Outcome != reconcile.Waiting && c.Outcome != reconcile.Stalled {
			continue
		}
		if late := a.time().Sub(c.Until); !c.Until.IsZero() && late > turnGrace {
			return fmt.Sprintf("%s is %s %s (%s), and was to be looked at %v ago", c.Name, c.Outcome, c.Code, c.Message, late)
		}
		if g := a.p.programs[c.Driver]; c.Outcome == reconcile.Retrying && c.Code == reconcile.FaultDriver && c.Until.IsZero() && g != nil && g.up {
			return fmt.Sprintf("%s waits for driver %s, which is up", c.Name, c.Driver)
		}
	}
	return ""
}

// triesBefore are the tries of one step before it stalls.
const triesBefore = 6

func triesFirst(_ *world, a *agent, f reconcile.Finding) string {
	passes := f.Code == reconcile.FaultUnavailable || f.Code == reconcile.FaultTimeout || f.Code == reconcile.FaultRateLimit
	if f.Outcome != reconcile.Stalled || !passes {
		return ""
	}
	for _, c := range a.status().Clusters {
		if c.Name == f.Cluster && c.Attempt < triesBefore {
			return fmt.Sprintf("%s stalls (%s: %s) after %d tries", f.Cluster, f.Code, f.Message, c.Attempt)
		}
	}
	return ""
}

// stopsAtOnce looks at the clusters of which a revision asks something new.
func stopsAtOnce(_ *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	if _, ok := ev.(reconcile.Revision); !ok {
		return ""
	}
	for _, c := range a.idle(out) {
		r, ok := a.demand(c.Name)
		if !ok || r.Cluster == nil || r.State == spec.Unreadable {
			continue
		}
		suspended := r.Cluster.Lifecycle == spec.Suspended
		held := c.Outcome == reconcile.Held && c.Code == reconcile.HeldSuspended
		if suspended && (c.Outcome == reconcile.Settled || c.Outcome == reconcile.Held && !held) || !suspended && held {
			return fmt.Sprintf("%s is %s %s, and revision %s says %q", c.Name, c.Outcome, c.Code, a.told, r.Cluster.Lifecycle)
		}
	}
	return ""
}

func plansAtOnce(w *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	e, ok := ev.(reconcile.Rendered)
	if !ok || e.Digest == "" {
		return ""
	}
	o := &a.oracle.witness
	for _, c := range a.idle(out) {
		d := o.last[c.Name]
		if o.rendered != c.Name || d == nil || d.ended || c.Stack.Row == nil || d.do.Step.Kind != plan.StepUpdate || w.now.Sub(d.accepted) > time.Minute {
			continue
		}
		gentle := d.do.Step.Disruption == "" || d.do.Step.Disruption.Gentle()
		if c.Stack.Status == "UPDATE_IN_PROGRESS" && c.Stack.ID == d.do.StackID && gentle && c.Stack.Row.Marks().Digest == d.do.Digest && d.do.Digest != e.Digest && c.Outcome == reconcile.Waiting {
			return fmt.Sprintf("%s: a newer spec waits for the end of %s (%s)", c.Name, d.do.Step.Title, d.do.Step.Disruption)
		}
	}
	return ""
}

func letsGo(_ *world, a *agent, _ reconcile.Event, out reconcile.Output) string {
	free := map[reconcile.Code]bool{}
	for _, f := range out.Findings {
		if f.Kind == reconcile.FoundGuard {
			free[f.Code] = f.Message == "the guard lets go"
		}
	}
	if !free[reconcile.HeldMaxDeletes] && !free[reconcile.HeldMaxCreates] {
		return ""
	}
	for _, c := range a.idle(out) {
		if c.Outcome == reconcile.Held && free[c.Code] {
			return fmt.Sprintf("%s is held (%s), and the guard lets go", c.Name, c.Code)
		}
	}
	return ""
}
