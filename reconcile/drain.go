package reconcile

import (
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// draining is a drain that was asked for, and is asked for again each round until
// it has ended. The engine may forget it: what was done is in the nodes and in
// the cloud, and one more round says that it is done.
type draining struct {
	Step     string    `json:"step,omitempty"` // its id
	Title    string    `json:"title,omitempty"`
	Key      string    `json:"key,omitempty"` // what was asked of the cluster
	Row      string    `json:"row,omitempty"` // mark of the stack
	At       time.Time `json:"at,omitzero"`   // when it was last answered
	Ended    bool      `json:"ended,omitempty"`
	WaitsFor string    `json:"waitsFor,omitempty"`
}

// drainPace is how far the rounds of a drain are apart: each asks the cluster for
// its nodes and pods.
const drainPace = 15 * time.Second

// drainedFor is how long the end of a drain is believed: pods and load balancers
// may come again.
const drainedFor = 5 * time.Minute

// drained takes the answer of a round of a drain.
func (e *Engine) drained(c *cluster, o open, ev StepEnded) {
	c.Drain = draining{
		Step: o.Step.ID, Title: o.Step.Title, Key: o.Key, Row: mark(e.owner(c.Name).row),
		At: e.now, Ended: !ev.Pending, WaitsFor: ev.WaitsFor,
	}
	c.Retry.Stale = 0
	c.Retry.answered(o.Step.ID)
}

// betweenRounds says what a drain waits for until its next round is due. Another
// wish, or another state of the stack, is looked at at once.
func (e *Engine) betweenRounds(s *subject, row live.Row) (verdict, bool) {
	d := s.c.Drain
	due := d.At.Add(jitter(drainPace, s.c.Name))
	if d.Step == "" || d.Ended || d.Key != s.demand.key() || d.Row != mark(row) || !due.After(e.now) {
		return verdict{}, false
	}
	v := waiting(WaitDrain, d.Title)
	if d.WaitsFor != "" {
		v.Message += ": " + d.WaitsFor
	}
	v.next = due
	return v, true
}

// afterDrains gives the steps that are left of a plan when its drain has ended
// a moment ago. A plan that drains nothing ends whatever was being drained.
func (e *Engine) afterDrains(s *subject, q question, steps []plan.Step) []plan.Step {
	c := s.c
	if steps[0].Kind != plan.StepDrain {
		c.Drain = draining{}
		return steps
	}
	d := c.Drain
	if d.Step != steps[0].ID || d.Key != s.demand.key() {
		return steps
	}
	c.Plan.Told = true // it is the same plan, asked anew
	if d.Ended && len(steps) > 1 && q.row != nil && d.Row == mark(*q.row) && e.now.Sub(d.At) < drainedFor {
		return steps[1:]
	}
	return steps
}

// emptying tells whether a cluster that should be there is having nodes emptied.
func (c *cluster) emptying(d demand) bool {
	if d.kind != demandPresent {
		return false
	}
	asked := c.Open != nil && c.Open.Run != nil && c.Open.Run.Kind == plan.StepDrain
	on := c.Drain.Step != "" && c.Drain.Key == d.key() && c.Said.Outcome != Held && c.Said.Outcome != Stalled
	return asked || on
}

// deletes tells whether a step is part of a deletion: what is removed before a
// delete is as gone as the stack.
func deletes(intent plan.Intent, kind plan.StepKind) bool {
	return kind == plan.StepDelete || intent == plan.Absent && kind == plan.StepDrain
}

// withNodes says whom to ask for nodes. They are read with the outputs, which
// hold the cluster's address.
func (s *subject) withNodes(cmd ReadParts, row live.Row) ReadParts {
	if !slices.Contains(cmd.Parts, live.PartNodes) {
		return cmd
	}
	if !slices.Contains(cmd.Parts, live.PartOutputs) {
		cmd.Parts = append(slices.Clone(cmd.Parts), live.PartOutputs)
	}
	cmd.Driver, cmd.Spec, cmd.Row = s.driver.Driver.Name, s.want, &row
	return cmd
}
