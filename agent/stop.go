package agent

import (
	"context"
	"time"
)

// stop ends what the loop has under way. Reads are cut off at once. Steps are
// waited for: a driver returns as soon as Heat has taken the work, so that is a
// matter of seconds, and a step cut off may leave a create in doubt.
func (l *loop) stop(now context.Context) {
	l.stopping = true
	l.cutReads()
	l.timer.Stop()
	done := make(chan struct{})
	go func() { l.work.Wait(); close(done) }()
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	if l.drain(done, grace.C, now.Done()) {
		return
	}
	l.cutWrites()
	cut := time.NewTimer(cutGrace)
	defer cut.Stop()
	l.drain(done, cut.C, nil)
}

// drain takes answers in, carrying out nothing, until all work is done (true) or
// one of the others happens.
func (l *loop) drain(done <-chan struct{}, late <-chan time.Time, now <-chan struct{}) bool {
	for {
		select {
		case <-l.inbox.ready:
			l.empty()
		case <-done:
			l.empty()
			return true
		case <-late:
			return false
		case <-now:
			return false
		}
	}
}

// clean tells whether no step is under way or was cut off; of those that were
// answered the engine knows.
func (l *loop) clean() bool { return l.doing == 0 && !l.doubt }
