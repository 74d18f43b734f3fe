package reconcile

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
)

// visible is how long a step that Heat has taken may stay unseen in what Heat
// shows (replicas that lag, rows written late) before it counts as lost.
const visible = time.Minute

// create makes the stack, once it is sure that there is none: not in a whole
// inventory, not by name, and not on its way from an earlier try.
func (e *Engine) create(s *subject) verdict {
	c := s.c
	if v, ok := e.unseen(s); ok {
		return v
	}
	if v, ok := e.doubtful(s); ok {
		return v
	}
	if v, ok := e.settling(); ok {
		c.Owed = true
		return v
	}
	if c.Owed || c.Known != "" && !c.Sure {
		return e.lookUp(s, c.Known)
	}
	p, v := e.planFor(s, question{intent: plan.Present})
	if p == nil {
		return v
	}
	return e.carry(s, question{intent: plan.Present}, *p)
}

// settling waits until a create of an earlier life of the agent can no longer be
// taken: what a look shows before then proves no absence.
func (e *Engine) settling() (verdict, bool) {
	if !e.settleUntil.After(e.now) {
		return verdict{}, false
	}
	v := waiting(WaitSettleIn, "the agent started without hints: an earlier create may still be on its way")
	v.Until, v.next = e.settleUntil, e.settleUntil
	return v, true
}

// expecting tells whether a create is on its way whose stack no list shows yet.
func (c *cluster) expecting() bool {
	sent := c.Open != nil && c.Open.Step != nil && c.Open.Step.Kind == plan.StepCreate
	taken := c.Run != nil && c.Run.Kind == plan.StepCreate && !c.Run.Seen
	return sent || taken || !c.Doubt.IsZero()
}

// doubtful waits until a create whose fate is not known can no longer be taken,
// and then looks.
func (e *Engine) doubtful(s *subject) (verdict, bool) {
	c := s.c
	if c.Doubt.IsZero() {
		return verdict{}, false
	}
	if c.Doubt.After(e.now) {
		v := waiting(WaitAmbiguous, "a create was sent and its fate is not known; Heat may still take it")
		v.Until, v.next = c.Doubt, c.Doubt
		return v, true
	}
	c.Doubt, c.Confirm, c.Sure = time.Time{}, true, false
	return e.lookUp(s, c.Known), true
}

// unseen is the round of a cluster whose last step Heat has taken and does not
// show yet. Heat answers 202 to an update that lost against another and drops
// it, so an accepted step is believed only when it is read back.
func (e *Engine) unseen(s *subject) (verdict, bool) {
	c := s.c
	if c.Run == nil || c.Run.Seen {
		return verdict{}, false
	}
	if e.now.Sub(c.Run.Began) >= visible {
		run := c.Run
		c.Run = nil
		e.failed(c, string(run.Kind), Fault{Code: FaultInternal, Who: Cloud, Transient: true, Summary: fmt.Sprintf("Heat took the %s and does not show it", run.Kind), Remedy: "it is tried again"})
		c.Owed = true
		return e.pacing(c), true
	}
	due := c.Run.Began
	for i := range c.Run.Looks {
		due = due.Add(time.Second << min(i, 4))
	}
	if due.After(e.now) {
		v := waiting(c.Run.code(), c.Run.Title)
		v.next = due
		return v, true
	}
	c.Run.Looks++
	return e.lookUp(s, c.Run.StackID), true
}

func (r *run) code() Code { return WaitFor(r.Kind) }

// WaitFor is what a cluster waits for while a step of that kind is under way.
func WaitFor(k plan.StepKind) Code {
	switch k {
	case plan.StepCreate:
		return WaitCreate
	case plan.StepDelete:
		return WaitDelete
	case plan.StepDrain:
		return WaitDrain
	default:
		return WaitUpdate
	}
}
