package driverhost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// worker keeps one driver running as its target says.
type worker struct {
	name string
	host *Host
	gate *semaphore.Weighted // first come, first served

	mu      sync.Mutex
	target  target
	news    chan struct{} // holds one when the target is another
	state   state
	changed chan struct{} // closed when state is another
	crashes []Crash       // the last few
	told    string        // the last error that was told, so that it is told once

	exe     *executable // of the loop alone
	breaker breaker
}

// state is what callers see: a session, or why there is none, or neither while it
// starts.
type state struct {
	session *session
	err     *Error
}

const keptCrashes = 10

func newWorker(h *Host, t target) *worker {
	return &worker{
		name: t.name, host: h, target: t, gate: semaphore.NewWeighted(int64(h.options.Calls)),
		news: make(chan struct{}, 1), changed: make(chan struct{}), breaker: breaker{timing: h.options.Timing},
	}
}

// aim gives it another target. Bytes that are still pinned go on running though
// the file is another by now: they are sealed.
func (w *worker) aim(t target, pinned string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	keeps := t.err != nil && w.target.err == nil && pinned == w.target.sha256 &&
		(t.err.Reason == WrongChecksum || t.err.Reason == Missing || t.err.Reason == Unreadable)
	if keeps || same(w.target, t) {
		return
	}
	w.target = t
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func same(a, b target) bool {
	if a.err != nil || b.err != nil {
		return a.err != nil && b.err != nil && a.err.Error() == b.err.Error()
	}
	return a.path == b.path && a.sha256 == b.sha256
}

func (w *worker) wanted() target {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.target
}

// run keeps the driver until ctx ends.
func (w *worker) run(ctx context.Context) {
	defer func() { w.exe.close() }()
	for ctx.Err() == nil {
		pause := w.round(ctx, w.wanted())
		w.wait(ctx, pause)
	}
	w.set(state{err: &Error{Driver: w.name, Reason: Stopped, Detail: "the host is closing"}})
}

// wait returns after the pause (negative: never), on another target, or at the end.
func (w *worker) wait(ctx context.Context, pause time.Duration) {
	if pause == 0 {
		return
	}
	var over <-chan time.Time
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-over:
	case <-w.news:
		w.breaker = breaker{timing: w.host.options.Timing}
	}
}

const untilNews time.Duration = -1

// round is one life of the driver. It gives how long to wait before the next.
func (w *worker) round(ctx context.Context, t target) time.Duration {
	if t.err != nil {
		w.fail(t.err)
		return untilNews
	}
	if err := w.load(t); err != nil {
		w.fail(err)
		return w.host.options.Timing.Rescan // what stood in the way may pass and leave no trace in folder or lock
	}
	w.set(state{})
	started := time.Now()
	s, err := w.start(ctx, t)
	if err == nil {
		w.ready(s)
		err = w.attend(ctx, s, started)
		if err == nil {
			return 0
		}
	}
	if ctx.Err() != nil {
		return 0
	}
	failure := w.asError(err)
	if failure.lasting() {
		w.fail(failure)
		return untilNews
	}
	pause, open := w.breaker.crashed(time.Now(), time.Since(started))
	if open {
		failure = &Error{
			Driver: w.name, Reason: CircuitOpen, Err: failure,
			Detail: fmt.Sprintf("it rests for %s after %d crashes", pause, w.breaker.row),
			Remedy: "read its log; a new file or lock starts it at once",
		}
	}
	w.host.options.Observer.DriverRestarted(w.name, failure.Reason)
	w.fail(failure)
	return pause
}

// start runs the sealed bytes, or the stored ones where those are not let run.
func (w *worker) start(ctx context.Context, t target) (*session, error) {
	s, err := startSession(ctx, w.name, w.exe, w.host.options)
	if !errors.Is(err, fs.ErrPermission) || w.exe.file == nil {
		return s, err
	}
	exe, storeErr := w.exe.unsealed(t, w.host.store())
	if storeErr != nil {
		return nil, errors.Join(err, storeErr)
	}
	w.exe.close()
	w.exe = exe
	return startSession(ctx, w.name, w.exe, w.host.options)
}

// load makes the executable of a target, unless it has it already.
func (w *worker) load(t target) *Error {
	if w.exe != nil && w.exe.sha256 == t.sha256 {
		return nil
	}
	exe, err := loadExecutable(t, w.host.store())
	if err != nil {
		return w.asError(err)
	}
	w.exe.close()
	w.exe = exe
	return nil
}

func (w *worker) asError(err error) *Error {
	if e := new(Error); errors.As(err, &e) {
		return e
	}
	return &Error{Driver: w.name, Reason: Failed, Detail: "it cannot be started", Err: err}
}

// attend watches a running driver. It gives nil once it has stopped it for another
// target or for the end, and else why it died.
func (w *worker) attend(ctx context.Context, s *session, started time.Time) error {
	ticker := time.NewTicker(w.host.options.Timing.Ping)
	defer ticker.Stop()
	misses := 0
	for {
		select {
		case <-s.runner.process.exited:
			return w.bury(s, started)
		case <-ctx.Done():
			w.stop(w.host.hurry, s, &Error{Driver: w.name, Reason: Stopped, Detail: "the host is closing"})
			return nil
		case <-w.news:
			if t := w.wanted(); t.err != nil || t.sha256 != s.sha256 {
				w.breaker = breaker{timing: w.host.options.Timing}
				w.stop(w.host.hurry, s, t.err)
				return nil
			}
		case <-ticker.C:
			if s.ping(ctx) {
				misses = 0
			} else {
				misses++
			}
			if misses >= w.host.options.Timing.Misses || s.stuck(w.host.options.Calls) {
				s.killHung()
			}
		}
	}
}

func (w *worker) ready(s *session) {
	w.mu.Lock()
	w.told = ""
	w.mu.Unlock()
	s.log.Info("driver is ready", "version", s.description.Version, "sha256", s.sha256, "pid", s.runner.process.pid)
	w.host.options.Observer.DriverUp(w.name, true)
	w.set(state{session: s})
	w.host.changes.push(Change{Name: w.name, SHA256: s.sha256, Description: &s.description})
}

// stop keeps new calls out: they fail with err, or wait for what starts next.
func (w *worker) stop(ctx context.Context, s *session, err *Error) {
	w.set(state{err: err})
	s.log.Info("driver is stopped", "version", s.description.Version, "sha256", s.sha256)
	s.stop(ctx)
	w.host.options.Observer.DriverUp(w.name, false)
}

// bury reports a crash.
func (w *worker) bury(s *session, started time.Time) *Error {
	c := s.crash(started)
	w.mu.Lock()
	w.crashes = append(w.crashes, c)
	w.crashes = w.crashes[max(0, len(w.crashes)-keptCrashes):]
	w.mu.Unlock()
	s.log.Error("driver crashed", "ending", c.Ending, "hung", c.Hung, "version", c.Version, "sha256", c.SHA256,
		"calls", c.Calls, "panic", c.Panic, "stderr", c.Stderr[max(0, len(c.Stderr)-5):])
	w.host.options.Observer.DriverUp(w.name, false)
	s.end(0)
	return c.Err()
}

// fail lets callers know why there is no driver, and tells it once.
func (w *worker) fail(err *Error) {
	w.set(state{err: err})
	w.mu.Lock()
	told := w.told == err.Error()
	w.told = err.Error()
	w.mu.Unlock()
	if told {
		return
	}
	w.host.options.Logger.Warn("driver does not run", "driver", w.name, "reason", string(err.Reason), "err", err.Error())
	w.host.changes.push(Change{Name: w.name, Err: err})
}

func (w *worker) set(s state) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
	close(w.changed)
	w.changed = make(chan struct{})
}

// session gives the running session, waiting while one starts.
func (w *worker) session(ctx context.Context) (*session, error) {
	for {
		w.mu.Lock()
		s, changed := w.state, w.changed
		w.mu.Unlock()
		if s.session != nil && !s.session.runner.process.gone() { // else it is about to be buried
			return s.session, nil
		}
		if s.err != nil {
			return nil, s.err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (w *worker) lastCrashes() []Crash {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.crashes)
}
