package agent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/reconcile"
)

const (
	beatEvery = 5 * time.Second // a quiet loop proves that it turns
	saveEvery = 5 * time.Second // at most one write of hints in that time
	// identityLimit bounds how long a start waits to learn which project it has.
	identityLimit = 3 * time.Second
	// stopGrace is how long a stop waits for steps under way; what is cut off
	// then is looked at again by the next start.
	stopGrace = 20 * time.Second
	// cutGrace is how long a cut-off call may take to notice.
	cutGrace = 5 * time.Second
)

// loopOptions are what a loop is made of.
type loopOptions struct {
	settings reconcile.Settings
	slots    int
	engine   engine
	source   source
	cloud    cloud
	drivers  carry.Drivers
	clock    Clock
	hints    *hintsFile // nil: nothing is kept
	recorder *recorder  // nil: nothing is recorded
	log      *slog.Logger
	found    func(fleet string, f reconcile.Finding) // metrics; may be nil
}

// loop turns one fleet's engine. Its engine, carrier belong to the goroutine of
// run; everything else talks to it through the inbox.
type loop struct {
	loopOptions
	fleet   string
	inbox   *inbox
	timer   *time.Timer
	carrier *carry.Carrier
	beat    atomic.Int64 // unix nanoseconds of the last turn
	dirty   bool         // hints may have changed since they were saved
	doing   int          // steps under way
	open    int          // commands but steps that have no answer yet

	reads, writes       context.Context // of what goes out; writes outlive reads at a stop
	cutReads, cutWrites context.CancelFunc
	work                sync.WaitGroup
	cloudSlots          *slots
	secretSlots         *slots // a store that hangs holds up no cluster without secrets
	driverSlots         map[slotKey]*slots
	saving              chan numberedHints
	saveSeq             uint64
	stateErr            stateErr
	stopping            bool   // nothing more is carried out
	knownCloud          string // the project of the hints
	doubt               bool   // a step was cut off: it may have been taken
	ended               chan struct{}
}

func newLoop(o loopOptions) *loop {
	l := &loop{
		loopOptions: o, fleet: o.settings.Fleet, inbox: newInbox(),
		cloudSlots: newSlots(o.slots), secretSlots: newSlots(o.slots), driverSlots: map[slotKey]*slots{},
		saving: make(chan numberedHints, 1), ended: make(chan struct{}),
	}
	l.carrier = carry.New(l.fleet, o.source, o.cloud, o.drivers, l.progressed)
	l.beat.Store(time.Now().UnixNano())
	return l
}

// run turns the loop until ctx ends, then stops it: nothing new is begun, steps
// under way are waited for, hints are saved. When now ends, it stops at once.
func (l *loop) run(ctx, now context.Context, hints *reconcile.Hints) {
	defer close(l.ended)
	l.reads, l.cutReads = context.WithCancel(ctx)
	l.writes, l.cutWrites = context.WithCancel(context.WithoutCancel(ctx))
	defer l.cutWrites()
	defer l.cutReads()
	l.timer = time.NewTimer(time.Hour)
	l.timer.Stop()
	saved := l.keepSaving()
	if hints != nil {
		l.knownCloud = hints.Cloud
	}
	where := l.identity(ctx)
	l.handle(func(at reconcile.At) reconcile.Event {
		return reconcile.Started{At: at, Settings: l.settings, Cloud: where, Hints: hints}
	})
	l.turn(ctx)
	l.stop(now)
	close(l.saving)
	<-saved
	l.saveLast()
}

// identity asks which project this is, so that hints of another one are not
// believed. A cloud that does not answer in time is not waited for: "" is not
// known.
func (l *loop) identity(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, identityLimit)
	defer cancel()
	id, err := l.cloud.Identity(ctx)
	if err != nil {
		return ""
	}
	return id
}

func (l *loop) turn(ctx context.Context) {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.inbox.ready:
			l.empty()
		case <-l.timer.C:
			l.handle(func(at reconcile.At) reconcile.Event { return reconcile.Moment{At: at} })
		case <-save.C:
			l.save()
		case <-beat.C:
		}
		l.beat.Store(time.Now().UnixNano())
	}
}

func (l *loop) empty() {
	for _, f := range l.inbox.take() {
		f()
	}
}

// handle gives the engine one event and carries out what it answers.
func (l *loop) handle(event carry.Answer) {
	out := l.tell(event)
	if l.stopping {
		return
	}
	for _, c := range out.Commands {
		l.carryOut(c)
	}
}

// tell gives the engine one event, records it and reports the findings.
func (l *loop) tell(event carry.Answer) reconcile.Output {
	ev := event(reconcile.At{Time: l.clock.Now()})
	out := l.engine.Handle(ev)
	if l.recorder != nil {
		l.recorder.record(ev, out, l.engine.Snapshot)
	}
	switch ev := ev.(type) {
	case reconcile.Unchanged, reconcile.Moment:
	case reconcile.Listed:
		l.dirty = l.dirty || len(ev.Rows)+len(ev.Gone) > 0
	default:
		l.dirty = true
	}
	for _, f := range out.Findings {
		l.report(f)
	}
	l.keep(out.Findings)
	return out
}

// keep has the source remember a revision that is in force from now on.
func (l *loop) keep(fs []reconcile.Finding) {
	if l.stopping {
		return
	}
	job := l.carrier.Keep(fs, func(revision string, err error) {
		l.log.Warn("the revision cannot be kept for a restart without the Git host", keyRevision, revision, keyErr, err)
	})
	if job != nil {
		l.beginNow(job)
	}
}

// post hands an answer to the loop, from any goroutine.
func (l *loop) post(event carry.Answer) {
	l.inbox.put(func() { l.handle(event) })
}

// errEnded says that the fleet was stopped.
var errEnded = errors.New("the fleet is being stopped")

// ask runs f on the loop's goroutine and waits for it.
func (l *loop) ask(ctx context.Context, f func()) error {
	done := make(chan struct{})
	l.inbox.put(func() { f(); close(done) })
	select {
	case <-done:
		return nil
	case <-l.ended:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answerOf runs f on the loop's goroutine and gives what it returns. A caller that
// gave up shares nothing with an f that runs later.
func answerOf[T any](ctx context.Context, l *loop, f func() T) (T, error) {
	answer := make(chan T, 1)
	if err := l.ask(ctx, func() { answer <- f() }); err != nil {
		var none T
		return none, err
	}
	return <-answer, nil
}

// status gives a whole copy of the fleet's status.
func (l *loop) status(ctx context.Context) (reconcile.FleetStatus, error) {
	return answerOf(ctx, l, func() reconcile.FleetStatus { return l.engine.Status() })
}

// request brings a person's request; a pause or its end is on disk when it
// returns without an error, and in force alone with an *httpapi.NotKept.
func (l *loop) request(ctx context.Context, what reconcile.Ask) error {
	hints, err := answerOf(ctx, l, func() numberedHints {
		l.handle(func(at reconcile.At) reconcile.Event { return reconcile.Asked{At: at, Ask: what} })
		return l.number()
	})
	if err != nil || l.hints == nil || (what != reconcile.Pause && what != reconcile.Resume) {
		return err
	}
	if err := l.saveNow(hints); err != nil {
		return &httpapi.NotKept{Err: err}
	}
	return nil
}

// lastBeat is when the loop last turned.
func (l *loop) lastBeat() time.Time { return time.Unix(0, l.beat.Load()) }
