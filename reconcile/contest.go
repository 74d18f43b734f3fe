package reconcile

import (
	"fmt"
	"time"
)

const (
	// mostUpdates is how many updates for one want Heat takes from us in contestIn:
	// more than any failure that is retried, or update that is lost, leads to.
	mostUpdates = 8
	contestIn   = 10 * time.Minute
)

// contest is when Heat took our last updates for one want. An update that holds is
// one; many are a contest with somebody who has another want: a person's script, an
// autoscaler, a second agent with another driver version. Neither would ever end it.
type contest struct {
	Want    string      `json:"want,omitempty"`
	Updates []time.Time `json:"updates,omitempty"` // no more than mostUpdates, oldest first
}

// took notes an update.
func (c *contest) took(want string, now time.Time) {
	if c.Want != want {
		*c = contest{Want: want}
	}
	c.Updates = append(c.Updates, now)
	c.Updates = c.Updates[max(0, len(c.Updates)-mostUpdates):]
}

// over is when the next update for the want may go, zero for at once.
func (c *contest) over(want string, now time.Time) time.Time {
	if c.Want != want || len(c.Updates) < mostUpdates {
		return time.Time{}
	}
	if at := c.Updates[0].Add(contestIn); at.After(now) {
		return at
	}
	return time.Time{}
}

// contested holds an update back where too many went before it.
func (e *Engine) contested(c *cluster) (verdict, bool) {
	at := c.Contest.over(e.demanded(c.Name).key(), e.now)
	if at.IsZero() {
		return verdict{}, false
	}
	return verdict{said: said{
		Outcome: Retrying, Code: FaultConflict, Who: Operator, Until: at,
		Message: fmt.Sprintf("the stack was put right %d times within %v, and somebody changed it each time", mostUpdates, contestIn),
		Remedy:  "find out who else writes to it (openstack stack event list): a second agent with another driver version, an autoscaler, a script",
	}, next: at}, true
}
