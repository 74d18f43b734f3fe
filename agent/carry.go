package agent

import (
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/reconcile"
)

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
		l.beginNow(l.carrier.ReadSource())
	case reconcile.List:
		l.beginNow(l.carrier.List(c))
	case reconcile.Look:
		l.begin(l.cloudSlots, l.carrier.Look(c))
	case reconcile.ReadParts:
		slots := l.cloudSlots
		if c.Driver != "" { // it asks the cluster itself
			slots = l.slotsOf(c.Driver, healthCalls)
		}
		l.begin(slots, l.carrier.ReadParts(c))
	case reconcile.AskRender:
		l.begin(l.slotsOf(c.Driver, pureCalls), l.carrier.Render(c))
	case reconcile.AskPlan:
		l.begin(l.slotsOf(c.Driver, pureCalls), l.carrier.Plan(c))
	case reconcile.ReadHealth:
		l.begin(l.slotsOf(c.Driver, healthCalls), l.carrier.Health(c))
	case reconcile.ReadSecrets:
		l.begin(l.secretSlots, l.carrier.ReadSecrets(c))
	case reconcile.MakeSecrets:
		l.begin(l.secretSlots, l.carrier.MakeSecrets(c))
	case reconcile.DropSecrets:
		l.begin(l.secretSlots, l.carrier.DropSecrets(c))
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

// begin runs a job that only reads, in its turn; its answers are posted. A stopped
// loop drops jobs and answers: the next start asks again.
func (l *loop) begin(s *slots, job carry.Job) {
	l.open++
	l.work.Add(1)
	s.run(func() {
		defer l.work.Done()
		l.finish(job)
	})
}

// beginNow is begin for what the engine asks at most one of.
func (l *loop) beginNow(job carry.Job) {
	l.open++
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		l.finish(job)
	}()
}

func (l *loop) finish(job carry.Job) {
	var answers []carry.Answer
	if l.reads.Err() == nil {
		answers = job(l.reads)
	}
	l.inbox.put(func() {
		l.open--
		for _, a := range answers {
			if l.reads.Err() == nil {
				l.handle(a)
			}
		}
	})
}
