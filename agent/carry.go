package agent

import (
	"context"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// answer makes an event of what a command brought, once its time is known.
type answer func(reconcile.At) reconcile.Event

// slotKey names the slots of one kind of calls to one driver. Steps have slots
// of their own, so that planning waits for no Heat that is slow to take work,
// and so does health, which asks the clusters themselves.
type slotKey struct {
	driver string
	kind   callKind
}

type callKind int

const (
	pureCalls callKind = iota
	stepCalls
	healthCalls
	callKinds = iota
)

// carryOut begins one command. It never blocks; the answer comes as an event.
func (l *loop) carryOut(c reconcile.Command) {
	switch c := c.(type) {
	case reconcile.WakeAt:
		l.wakeAt(c.Time)
	case reconcile.ReadSource:
		l.readSource()
	case reconcile.List:
		l.list(c)
	case reconcile.Look:
		l.look(c)
	case reconcile.ReadParts:
		l.begin(l.cloudSlots, func(ctx context.Context) answer { return l.readParts(ctx, c) })
	case reconcile.AskRender:
		l.begin(l.slotsOf(c.Driver, pureCalls), func(ctx context.Context) answer { return l.render(ctx, c) })
	case reconcile.AskPlan:
		l.begin(l.slotsOf(c.Driver, pureCalls), func(ctx context.Context) answer { return l.plan(ctx, c) })
	case reconcile.ReadHealth:
		l.begin(l.slotsOf(c.Driver, healthCalls), func(ctx context.Context) answer { return l.health(ctx, c) })
	case reconcile.Do:
		l.do(c)
	}
}

func (l *loop) wakeAt(t time.Time) {
	l.timer.Reset(max(t.Sub(l.clock.Now()), 0))
}

// slotsOf gives the slots of one driver, made at first use.
func (l *loop) slotsOf(driver string, kind callKind) *slots {
	key := slotKey{driver, kind}
	if l.driverSlots[key] == nil {
		l.driverSlots[key] = newSlots(l.slots)
	}
	return l.driverSlots[key]
}

// begin runs a job that only reads, in its turn; its answer is posted. A stopped
// loop drops jobs and answers: the next start asks again.
func (l *loop) begin(s *slots, job func(context.Context) answer) {
	l.open++
	l.work.Add(1)
	s.run(func() {
		defer l.work.Done()
		l.finish(job)
	})
}

// beginNow is begin for what the engine asks at most one of.
func (l *loop) beginNow(job func(context.Context) answer) {
	l.open++
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		l.finish(job)
	}()
}

func (l *loop) finish(job func(context.Context) answer) {
	var a answer
	if l.reads.Err() == nil {
		a = job(l.reads)
	}
	l.inbox.put(func() {
		l.open--
		if a != nil && l.reads.Err() == nil {
			l.handle(a)
		}
	})
}
