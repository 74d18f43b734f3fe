package agent

import (
	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/reconcile"
)

// do carries out one step. It is counted from here until its answer is in, so
// that a stop knows whether anything may be in flight.
func (l *loop) do(c reconcile.Do) {
	l.doing++
	l.work.Add(1)
	l.slotsOf(c.Driver, stepCalls).run(func() {
		defer l.work.Done()
		if l.reads.Err() != nil { // stopped before its turn: it was never begun
			l.inbox.put(func() { l.doing-- })
			return
		}
		ev := carry.NotWanted(c)
		if l.wants(c) {
			ev = l.carrier.Step(l.writes, c)
		}
		l.inbox.put(func() {
			l.doing--
			l.doubt = l.doubt || l.stopping && ev.Verdict == reconcile.Ambiguous
			l.handle(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
		})
	})
}

// wants asks the engine, from the goroutine of a step, whether the step that
// waited for its turn is still to be done. A loop that has ended wants nothing.
func (l *loop) wants(c reconcile.Do) bool {
	wanted := make(chan bool, 1)
	l.inbox.put(func() { wanted <- l.engine.Wants(c) })
	select {
	case ok := <-wanted:
		return ok && l.reads.Err() == nil
	case <-l.ended:
		return false
	}
}

// progressed logs what a driver says of a step under way.
func (l *loop) progressed(c reconcile.Do, line string) {
	l.log.Debug("driver tells", keyCluster, c.Cluster, keyDriver, c.Driver, "message", line)
}
