package reconcile

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// alive is the round of a cluster that should be there and has its stack.
func (e *Engine) alive(s *subject) verdict {
	c, row := s.c, s.owned.row
	digest := c.Render.Digest
	e.seen(s, row)
	if v, ok := e.unseen(s); ok {
		return v
	}
	if row.Status.Working() {
		return e.busy(s, row)
	}
	if row.Status.Action != live.Delete {
		c.Working = working{}
	}
	e.ended(s, row)
	switch row.Status.Action {
	case live.Suspend:
		return stalled(FaultConflict, Operator, fmt.Sprintf("stack %q is %s: Heat refuses to update it", row.Name, row.Status), "resume it: openstack stack resume "+row.Name)
	case live.Delete:
		return e.dying(s, row)
	}
	agrees := e.agrees(c, row)
	if row.Status.State == live.Failed && row.Marks().Digest == digest {
		e.failedRow(c, row)
	}
	if agrees && !c.Deep.Now && (c.Settled.holds(row, digest) || c.Settled.StackID == "") {
		return e.settled(s, row)
	}
	if v, ok := e.betweenRounds(s, row); ok {
		return v
	}
	q := question{intent: plan.Present, row: &row, deep: agrees}
	p, v := e.planFor(s, q)
	if p == nil {
		return v
	}
	e.facts(c, p.Facts)
	if agrees && p.Empty() {
		if d, bad := plan.FirstError(p.Diagnostics); bad {
			return e.refusal(s, d)
		}
		e.compared(s, row)
		return e.settled(s, row)
	}
	if agrees && c.Settled.Fresh && c.Settled.holds(row, digest) && c.Retry.Row != mark(row) {
		c.Retry.Row = mark(row)
		e.failed(c, "verify", Fault{Code: FaultDriver, Who: Operator, Transient: true, Summary: "the stack differs from what was asked right after it was applied", Remedy: "compare the drift shown in the status with the driver's template"})
	}
	return e.carry(s, q, *p)
}

// agrees tells whether the row itself proves that Heat accepted this spec and
// finished with it.
func (e *Engine) agrees(c *cluster, row live.Row) bool {
	m := row.Marks()
	want := live.Marks{Marked: true, Fleet: e.settings.Fleet, Cluster: c.Name, Driver: m.Driver, Digest: c.Render.Digest}
	return row.Status.Proven() && m.Digest == c.Render.Digest && live.WholeTags(row.Tags, want)
}

// settled is said of a cluster that holds what Git asks.
func (e *Engine) settled(s *subject, row live.Row) verdict {
	c := s.c
	c.Retry, c.Drift, c.Approved = retry{Key: c.Retry.Key}, nil, ""
	c.Plan, c.Parts, c.Drain = plannedFor{}, partsOf{}, draining{}
	v := verdict{said: said{Outcome: Settled, Who: Nobody}}
	if c.Settled.holds(row, c.Render.Digest) {
		c.Settled.SpecHash, c.Settled.Driver = s.demand.resolved.Hash, s.driver.Driver.build() // they render the same
	} else {
		v.Message = "not compared in full since the start; its turn comes"
	}
	e.healthDue(s, row, &v)
	return v
}

// compared keeps that this state of the stack was found to hold its spec.
func (e *Engine) compared(s *subject, row live.Row) {
	c := s.c
	c.Settled = settledAs{StackID: row.ID, Digest: c.Render.Digest, Updated: row.Updated, SpecHash: s.demand.resolved.Hash, Driver: s.driver.Driver.build()}
	c.Deep = deep{Last: e.now}
}

func (e *Engine) facts(c *cluster, f plan.Facts) {
	if f.Known {
		c.Facts = f
	}
}

// seen notes that Heat shows our last step.
func (e *Engine) seen(s *subject, row live.Row) {
	r := s.c.Run
	if r == nil || r.Seen || r.Kind == plan.StepDelete || r.StackID != "" && r.StackID != row.ID {
		return
	}
	moved := r.Kind == plan.StepCreate || r.Had != r.Digest || !row.Updated.Equal(r.Before) || row.Status != r.Was
	late := e.now.Sub(r.Began) >= visible && row.Status.Proven()
	r.Seen = row.Marks().Digest == r.Digest && (moved || late)
}

// forgotten is how long a step that Heat has taken is waited for by a cluster
// that has no use for it any more, or whose driver is away.
const forgotten = 2 * visible

// follow keeps up with our last step whatever is asked of the cluster by now: an
// update of a cluster that was suspended meanwhile ends like any other, and gives
// its turn in the rollout back.
func (e *Engine) follow(s *subject) {
	c := s.c
	if c.Run == nil {
		return
	}
	row, here := s.changes(c.Run)
	switch {
	case c.Run.Kind == plan.StepDelete:
	case here:
		e.seen(s, row)
		if row.Status.Working() {
			_, c.Run.Hangs = e.watch(s, row)
		} else {
			e.ended(s, row)
		}
	case c.Run.Seen: // its stack is gone, or nobody's by now
		c.Run = nil
	}
	if r := c.Run; r == nil || e.now.Sub(r.Began) < forgotten {
		return
	}
	if deleting := c.Run.Kind == plan.StepDelete; deleting && !(here && row.Status.Working()) || !deleting && !c.Run.Seen {
		c.Run, c.Owed = nil, true
	}
}

// changes is the stack that a step of ours changes, as it is now: the cluster's, also
// without its tags, or one of two by now.
func (s *subject) changes(r *run) (live.Row, bool) {
	switch {
	case s.owned.kind == ownOne && (r.StackID == "" || r.StackID == s.owned.row.ID),
		s.owned.kind == ownUntagged && r.Kind == plan.StepUpdate && r.StackID == s.owned.row.ID:
		return s.owned.row, true
	}
	for _, row := range s.owned.all {
		if row.ID == r.StackID {
			return row, true
		}
	}
	return live.Row{}, false
}

// changing tells whether a step of ours is in flight, or changes a stack that has yet
// to show our tags again.
func (c *cluster) changing(o owned) bool {
	return c.Open != nil && c.Open.Step != nil || c.Run != nil && c.Run.Kind == plan.StepUpdate && !c.Run.Hangs && o.kind == ownUntagged
}

// looksAgain is when our last step is looked at again if nothing is heard of it; zero
// when nothing is left to wait for.
func (e *Engine) looksAgain(s *subject) time.Time {
	r := s.c.Run
	if r == nil {
		return time.Time{}
	}
	if soon := r.Began.Add(forgotten); soon.After(e.now) {
		return soon
	}
	if row, here := s.changes(r); here && row.Status.Working() && !r.Hangs {
		deadline, _ := e.watch(s, row)
		return deadline
	}
	return time.Time{}
}

// ended notes that our last step is over, and reads its end as our own.
func (e *Engine) ended(s *subject, row live.Row) {
	c, r := s.c, s.c.Run
	if r == nil || !r.Seen || r.Kind == plan.StepDelete {
		return
	}
	c.Run = nil
	took := e.now.Sub(r.Began)
	e.find(Finding{Kind: FoundStepEnded, Cluster: c.Name, Message: fmt.Sprintf("%s: %s", r.Title, row.Status), Revision: r.Revision, Took: took})
	if row.Status.Proven() && s.owned.kind == ownOne {
		c.Settled = settledAs{StackID: row.ID, Digest: r.Digest, Updated: row.Updated, SpecHash: r.SpecHash, Driver: r.Driver, Fresh: true}
		c.Deep.Now = true
	}
}

// stepFailed paces writes to a FAILED stack; reading and planning go on.
const stepFailed = "failed"

// failedRow counts one FAILED state of the stack, once.
func (e *Engine) failedRow(c *cluster, row live.Row) {
	if c.Retry.Row == mark(row) {
		return
	}
	c.Retry.Row = mark(row)
	e.failed(c, stepFailed, faultOf(row))
}

// dying is said of a wanted cluster whose stack somebody deletes.
func (e *Engine) dying(s *subject, row live.Row) verdict {
	if row.Status.State == live.Failed {
		return stalled(FaultConflict, Operator, fmt.Sprintf("stack %q is DELETE_FAILED: Heat refuses to update it: %s", row.Name, row.Reason), "finish the deletion by hand; the cluster is then made anew")
	}
	deadline, overdue := e.watch(s, row)
	if overdue {
		v := stalled(FaultConflict, Cloud, fmt.Sprintf("stack %q is %s, and Heat does not let go of it", row.Name, row.Status), "delete it again by hand; the cluster is then made anew")
		v.next = e.now.Add(jitter(slowResync, s.c.Name))
		return v
	}
	v := waiting(WaitDelete, "the stack is being deleted by somebody; it is made anew when it is gone")
	v.Until, v.next = deadline, e.now.Add(jitter(e.settings.Poll.InProgress, s.c.Name))
	s.c.Confirm = true
	return v
}

// healthDue asks a driver that can for the cluster's health, a settled cluster
// once a minute.
func (e *Engine) healthDue(s *subject, row live.Row, v *verdict) {
	c := s.c
	if !s.driver.Driver.Health {
		return
	}
	due := c.Health.At.Add(jitter(time.Minute, c.Name, "health"))
	if due.After(e.now) {
		v.next = due
		return
	}
	e.ask(s, open{Kind: openHealth}, func(n uint64) Command {
		return ReadHealth{ID: n, Cluster: c.Name, Driver: s.driver.Driver.Name, Spec: s.want, Row: row, Secrets: s.secrets(), APIAddress: c.Facts.APIAddress}
	})
}
