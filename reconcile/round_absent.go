package reconcile

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// absent is the round of a cluster that a reviewed document asks away.
func (e *Engine) absent(s *subject) verdict {
	c := s.c
	switch s.owned.kind {
	case ownOne:
		return e.depart(s)
	case ownUntagged:
		return e.claim(s, e.depart)
	}
	if v, ok := e.unborn(s); ok {
		return v
	}
	if v, ok := e.settling(); ok {
		c.Sure = false
		return v
	}
	if !c.Sure {
		return e.lookUp(s, c.Known)
	}
	if v, ok := e.dropSecrets(s); ok {
		return v
	}
	c.Run, c.Known = nil, ""
	c.Settled, c.Facts, c.Drift = settledAs{}, plan.Facts{}, nil
	v := verdict{said: said{Outcome: Settled, Who: Nobody, Message: "there is no stack; the document may go"}}
	if s.owned.kind == ownForeign {
		v.Message = fmt.Sprintf("there is no stack of ours; stack %q (%s) is somebody else's", s.owned.row.Name, s.owned.row.ID)
	}
	return v
}

// unborn waits for a create that may still be taken: its stack would have to be
// deleted too.
func (e *Engine) unborn(s *subject) (verdict, bool) {
	c := s.c
	if c.Run != nil && c.Run.Kind == plan.StepCreate {
		return e.unseen(s)
	}
	return e.doubtful(s)
}

// depart deletes the cluster's stack.
func (e *Engine) depart(s *subject) verdict {
	c, row := s.c, s.owned.row
	if r := c.Run; r != nil && r.Kind == plan.StepDelete { // which overtakes whatever else is under way
		if row.Status.Action == live.Delete && (row.Status != r.Was || !row.Updated.Equal(r.Before)) {
			r.Seen = true
		}
		if v, ok := e.unseen(s); ok {
			return v
		}
	}
	if row.Status.Action != live.Delete {
		return e.departure(s, row)
	}
	switch row.Status.State {
	case live.InProgress:
		return e.deleting(s, row)
	case live.Complete:
		v := e.deleting(s, row)
		if v.Outcome == Waiting && v.Code == WaitDelete {
			c.Confirm = true
			v.Message, v.next = "Heat lets go of the stack's name", e.now.Add(jitter(e.purgeLook(c), c.Name))
		}
		return v
	}
	if c.Run != nil && c.Run.Kind == plan.StepDelete {
		c.Run, c.Retry.Row = nil, "" // Heat's legacy engine shows the failure of before: it leaves updated_time alone
	}
	e.failedRow(c, row)
	return e.departure(s, row)
}

// purgeLook is the time between looks at a row that Heat keeps of a deleted stack: it
// may keep it for ever (a database that was restored), so it grows with the wait.
func (e *Engine) purgeLook(c *cluster) time.Duration {
	return min(max(e.settings.Poll.InProgress, e.now.Sub(c.Working.Since)/8), e.settings.Poll.Recent)
}

func (e *Engine) deleting(s *subject, row live.Row) verdict {
	deadline, overdue := e.watch(s, row)
	if overdue {
		if v, ok := e.engage(s, e.madeBy(s, row)); !ok {
			return v
		}
		return e.stuck(s, row, plan.Absent)
	}
	v := waiting(WaitDelete, "Heat deletes the stack")
	v.Until, v.next = deadline, deadline
	return v
}

// madeBy names the driver of a stack: the one its tag says, else, for a stack
// that lost its tags, the document's, else the only one there is. "" is not known.
func (e *Engine) madeBy(s *subject, row live.Row) string {
	if d := row.Marks().Driver; d != "" {
		return d
	}
	if s.want.Driver != "" {
		return s.want.Driver
	}
	if names := e.serving(s.want); len(names) > 0 {
		return names[0]
	}
	if len(e.drivers) == 1 {
		for name := range e.drivers {
			return name
		}
	}
	return ""
}

func (e *Engine) departure(s *subject, row live.Row) verdict {
	made := e.madeBy(s, row)
	if made == "" {
		return stalled(FaultConfig, Author, fmt.Sprintf("nothing tells which driver made stack %q (%s)", row.Name, row.ID), "name the cluster's template in the document: it tells the driver")
	}
	if v, ok := e.engage(s, made); !ok {
		return v
	}
	if e.settings.Secrets && len(s.driver.Driver.Secrets) > 0 && !s.c.Secrets.Read {
		return e.readSecrets(s) // a step before the delete may reach into the cluster
	}
	if v, ok := e.betweenRounds(s, row); ok {
		return v
	}
	q := question{intent: plan.Absent, row: &row}
	p, v := e.planFor(s, q)
	if p == nil {
		return v
	}
	return e.carry(s, q, *p)
}
