package reconcile

import "time"

const (
	firstBackoff  = 15 * time.Second
	longestRetry  = 15 * time.Minute
	slowResync    = time.Hour // a stalled cluster is looked at again
	attemptsUntil = 6         // tries of the same step before a person is asked
)

// backoff gives the wait before a try: first after one failure, doubled by each
// more, at most longest, with jitter from the words.
func backoff(attempt int, first, longest time.Duration, words ...string) time.Duration {
	d := first
	for i := 1; i < attempt && d < longest; i++ {
		d *= 2
	}
	return jitter(min(d, longest), words...)
}

// retry paces one cluster's tries of one thing.
type retry struct {
	Key     string `json:"key,omitempty"`   // what is wanted: another want starts afresh
	Step    string `json:"step,omitempty"`  // what was tried
	Row     string `json:"row,omitempty"`   // the failure that was counted last
	Stale   int    `json:"stale,omitempty"` // stale answers in a row
	Attempt int    `json:"attempt,omitempty"`
	// Attempts counts the failures of each step, so that two faults in turn come
	// to an end too. A read's are forgotten when it is answered.
	Attempts map[string]int `json:"attempts,omitempty"`
	Next     time.Time      `json:"next,omitzero"`
	Fault    *Fault         `json:"fault,omitempty"`
}

// failed counts one failure of what the cluster is at. A fault that will not
// pass by itself, and the sixth try of one that should have, waits for a person
// and for the slow resync.
func (e *Engine) failed(c *cluster, step string, f Fault) {
	r := &c.Retry
	if r.Attempts == nil {
		r.Attempts = map[string]int{}
	}
	r.Attempts[step]++
	r.Step, r.Attempt = step, r.Attempts[step]
	r.Fault = &f
	wait := backoff(r.Attempt, firstBackoff, longestRetry, c.Name, step)
	if !f.Transient || r.Attempt >= attemptsUntil {
		wait = jitter(slowResync, c.Name, step)
	}
	if after := time.Duration(f.RetryAfter) * time.Second; after > wait {
		wait = after
	}
	r.Next = e.now.Add(wait)
}

// answered forgets the failures of a read that has succeeded.
func (r *retry) answered(step string) { delete(r.Attempts, step) }

// blocked tells whether the pace forbids a try now.
func (r retry) blocked(now time.Time) bool { return r.Fault != nil && r.Next.After(now) }

// stalls tells whether a person must act.
func (r retry) stalls() bool {
	return r.Fault != nil && (!r.Fault.Transient || r.Attempt >= attemptsUntil)
}
