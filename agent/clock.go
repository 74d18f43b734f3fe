package agent

import "time"

// Clock stamps events. It is safe for concurrent use.
type Clock interface {
	// Now never goes back.
	Now() time.Time
}

// steadyClock is the wall clock read once, and the monotonic clock since: a step
// of the host's time moves no deadline. After a suspended host it is late by as
// long as the host slept, until the agent is started again.
type steadyClock struct{ start time.Time }

func newClock() Clock { return steadyClock{start: time.Now()} }

// Now gives UTC without a monotonic reading, so that it survives JSON.
func (c steadyClock) Now() time.Time {
	return c.start.Add(time.Since(c.start)).Round(0).UTC()
}
