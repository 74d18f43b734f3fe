package reconcile

import (
	"maps"
	"slices"
	"time"
)

// laneState is one way of listing the project's stacks.
type laneState struct {
	Open    bool      `json:"open,omitempty"`
	Asked   time.Time `json:"asked,omitzero"`
	Next    time.Time `json:"next,omitzero"`
	Last    time.Time `json:"last,omitzero"` // last success
	Attempt int       `json:"attempt,omitempty"`
	Fault   *Fault    `json:"fault,omitempty"`
}

func (e *Engine) lane(l Lane) *laneState {
	switch l {
	case LaneInventory:
		return &e.cloud.inventory
	case LaneRecent:
		return &e.cloud.recent
	default:
		return &e.cloud.progress
	}
}

// listed takes one lane's answer. Only an inventory that was read whole says
// that stacks are gone; a failed or partial one changes nothing that was known.
func (e *Engine) listed(ev Listed) {
	l := e.lane(ev.Lane)
	if !l.Open {
		return
	}
	l.Open = false
	if ev.Fault != nil {
		e.laneFailed(ev.Lane, l, *ev.Fault)
		return
	}
	if l.Fault != nil {
		e.find(Finding{Kind: FoundFault, Code: l.Fault.Code, Message: "the " + string(ev.Lane) + " list can be read again"})
		e.relieve(l.Fault.Code)
	}
	l.Fault, l.Attempt, l.Last = nil, 0, e.now
	l.Next = e.now.Add(jitter(e.laneEvery(ev.Lane), e.settings.Fleet, string(ev.Lane)))
	for _, r := range ev.Rows {
		e.learn(r, l.Asked)
	}
	switch {
	case ev.Lane == LaneInventory && ev.Complete:
		for _, id := range ev.Gone {
			e.forget(id, l.Asked)
		}
		if !e.cloud.whole {
			e.cloud.whole = true
			e.touchAll()
		}
	case ev.Lane == LaneInProgress:
		for _, id := range ev.Gone {
			e.confirmRow(id)
		}
	}
}

// relieve tries again what clusters failed with for the same reason as a list that
// can be read by now: credentials were mended, or the cloud is back.
func (e *Engine) relieve(code Code) {
	for name, c := range e.clusters {
		if f := c.Retry.Fault; f != nil && f.Code == code {
			c.Retry.Attempt, c.Retry.Next = 0, e.now
			e.touch(name)
		}
	}
}

// confirmRow has the cluster of a stack that a list no longer shows look for it
// by name and id.
func (e *Engine) confirmRow(id string) {
	k, ok := e.cloud.rows[id]
	if !ok {
		return
	}
	e.doubted(k.Row)
}

func (e *Engine) laneFailed(lane Lane, l *laneState, f Fault) {
	if l.Fault == nil || l.Fault.Summary != f.Summary {
		e.find(Finding{Kind: FoundFault, Code: f.Code, Who: f.Who, Message: f.Summary, Remedy: f.Remedy})
	}
	l.Fault = &f
	l.Attempt++
	wait := backoff(l.Attempt, min(e.laneEvery(lane), firstBackoff), 5*time.Minute, e.settings.Fleet, string(lane))
	l.Next = e.now.Add(max(wait, time.Duration(f.RetryAfter)*time.Second))
	if !e.cloud.whole {
		e.touchAll()
	}
}

// laneEvery is how often a lane is listed. Newest updates are looked for half as
// often, or less where Quiet says so, while no cluster of the fleet is on its way
// anywhere; whatever that misses, the next inventory finds.
func (e *Engine) laneEvery(lane Lane) time.Duration {
	p := e.settings.Poll
	switch {
	case lane == LaneInventory:
		return p.Inventory
	case lane == LaneInProgress:
		return p.InProgress
	case e.guards.quiet():
		return max(2*p.Recent, p.Quiet)
	}
	return p.Recent
}

// schedule asks for what is due and says when to wake.
func (e *Engine) schedule() {
	s := &e.source
	if !s.open && !s.next.After(e.now) {
		s.open = true
		e.command(ReadSource{})
	}
	wake := e.nextWake()
	if !s.open {
		wake = earliest(wake, s.next)
	}
	for _, lane := range []Lane{LaneInventory, LaneRecent, LaneInProgress} {
		wake = earliest(wake, e.list(lane))
	}
	wake = earliest(wake, e.tour.next)
	wake = earliest(wake, e.lateAt())
	if !wake.IsZero() && !wake.Equal(e.wakeAt) {
		e.wakeAt = wake
		e.command(WakeAt{Time: wake})
	}
}

// list asks for a lane that is due, and gives the time at which it will be.
func (e *Engine) list(lane Lane) time.Time {
	l := e.lane(lane)
	if l.Open {
		return time.Time{}
	}
	if lane == LaneInProgress {
		if len(e.guards.working) == 0 {
			l.Next = time.Time{}
			return time.Time{}
		}
		if l.Next.IsZero() {
			l.Next = e.now.Add(e.settings.Poll.InProgress)
		}
	}
	if l.Next.After(e.now) {
		return l.Next
	}
	l.Open, l.Asked = true, e.now
	c := List{Lane: lane}
	if lane == LaneInProgress {
		c.IDs = slices.Sorted(maps.Values(e.guards.working))
	}
	e.command(c)
	return time.Time{}
}
