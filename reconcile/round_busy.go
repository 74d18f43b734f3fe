package reconcile

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

const (
	// margin is added to a stack's own timeout before it counts as stuck: Heat
	// notices its timeout only when a worker next touches the stack.
	margin = 10 * time.Minute
	// recoveries is how often a stuck stack is written to before a person is asked.
	recoveries = 3
	// siteTimeout is Heat's stack_action_timeout, for a spec that names none.
	siteTimeout = 60
)

// watch notes when an action of Heat was first seen under way, and tells whether
// it has gone on past its timeout.
func (e *Engine) watch(s *subject, row live.Row) (deadline time.Time, overdue bool) {
	c := s.c
	m := row.ID + " " + string(row.Status.Action) + " " + row.Updated.UTC().Format(time.RFC3339)
	if c.Working.Mark != m {
		c.Working.Mark, c.Working.Since = m, e.now
	}
	minutes := siteTimeout
	if s.want != nil && s.want.TimeoutMinutes > 0 {
		minutes = s.want.TimeoutMinutes
	}
	deadline = c.Working.Since.Add(time.Duration(minutes)*time.Minute + margin)
	return deadline, !deadline.After(e.now)
}

// busy is the round of a cluster whose stack Heat works on.
func (e *Engine) busy(s *subject, row live.Row) verdict {
	deadline, overdue := e.watch(s, row)
	if overdue && row.Status.Action == live.Delete {
		return stalled(FaultConflict, Cloud, fmt.Sprintf("stack %q hangs in %s, which nobody here asked for", row.Name, row.Status), "have the deletion finished; the cluster is then made anew")
	}
	if overdue {
		return e.stuck(s, row, plan.Present)
	}
	newer := row.Marks().Digest != s.c.Render.Digest
	var v verdict
	switch row.Status.Action {
	case live.Create:
		v = waiting(WaitCreate, "Heat creates the stack")
	case live.Delete:
		v = waiting(WaitDelete, "the stack is being deleted by somebody; it is made anew when it is gone")
	default:
		v = waiting(WaitUpdate, fmt.Sprintf("the stack is %s", row.Status))
		if newer && row.Status.Action == live.Update && s.c.Run != nil && gentle(s.c.Run.Disruption) {
			if sv, ok := e.supersede(s, row); ok {
				return sv
			}
		}
	}
	if newer && row.Status.Action != live.Delete {
		v.Message += fmt.Sprintf("; revision %s asks for something newer and waits for it", short(e.source.revision))
	}
	v.Until, v.next = deadline, deadline
	return v
}

func gentle(e plan.Effect) bool { return e == "" || e.Gentle() }

// supersede puts a newer spec in the place of the one Heat works on, where
// neither disturbs what runs.
func (e *Engine) supersede(s *subject, row live.Row) (verdict, bool) {
	q := question{intent: plan.Present, row: &row}
	p, v := e.planFor(s, q)
	if p == nil {
		return v, true
	}
	if !gentle(p.Disruption()) || p.Empty() {
		return verdict{}, false
	}
	return e.carry(s, q, *p), true
}

// stuck writes to a stack that hangs in its action past its timeout (an engine
// of Heat died, a message was lost): a new write frees it. One that three writes
// do not free is a person's, with the resource that blocks it.
func (e *Engine) stuck(s *subject, row live.Row, intent plan.Intent) verdict {
	c := s.c
	if c.Working.Recovered >= recoveries {
		parts := c.has(row)
		if lack := lacking(parts, []live.Part{live.PartResources}); len(lack) > 0 {
			return e.readParts(s, row, lack)
		}
		v := stalled(FaultInternal, Cloud, fmt.Sprintf("stack %q hangs in %s and %d new writes did not free it%s", row.Name, row.Status, recoveries, blocking(parts.Resources)), "have the cloud's operator restart heat-engine, a worker of which may hold the resource locked, and look at the resource")
		v.next = e.now.Add(jitter(slowResync, c.Name))
		return v
	}
	if v, ok := e.betweenRounds(s, row); ok {
		return v
	}
	q := question{intent: intent, row: &row, recover: true}
	p, v := e.planFor(s, q)
	if p == nil {
		return v
	}
	return e.carry(s, q, *p)
}

func blocking(rs []live.Resource) string {
	for _, r := range rs {
		if r.Status.Working() {
			return fmt.Sprintf("; resource %q (%s) is %s", r.Name, r.Type, r.Status)
		}
	}
	return ""
}

func short(revision string) string {
	if len(revision) > 12 {
		return revision[:12]
	}
	return revision
}
