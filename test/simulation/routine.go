package simulation

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"
)

// routine is a call that waits: a coroutine that runs until it sleeps and is
// resumed by the agenda. Exactly one runs at a time.
type routine struct {
	on     *thread
	dead   bool
	number uint64
	of     *agent // whose call it is
	step   *attempt
}

// thread is a coroutine that carries out one call after the other: its stack has
// grown by the time it is used again.
type thread struct {
	call   func()
	pause  func(time.Duration) bool // gives the turn back; false: it was killed
	resume func() (time.Duration, bool)
	kill   func()
}

// callEnded is what a thread yields in the place of a time to sleep.
const callEnded = -1

func newThread() *thread {
	t := &thread{}
	t.resume, t.kill = iter.Pull(func(yield func(time.Duration) bool) {
		t.pause = yield
		defer func() {
			if p := recover(); p != nil {
				panic(traced(p))
			}
		}()
		for {
			t.call()
			if t.call = nil; !yield(callEnded) {
				return
			}
		}
	})
	return t
}

// thread gives an idle thread, or a new one.
func (w *world) thread() *thread {
	last := len(w.idle) - 1
	if last < 0 {
		return newThread()
	}
	t := w.idle[last]
	w.idle = w.idle[:last]
	return t
}

// close ends everything that is still under way.
func (w *world) close() {
	defer w.survive()
	for _, p := range w.processes {
		p.kill()
	}
	for _, t := range w.idle {
		t.kill()
	}
	w.idle = nil
}

// errKilled is what a killed call gets from everything it still tries.
var errKilled = errors.New("the process is dead")

var errNoStack = errors.New("there is no stack")

// begin runs call as a routine of an agent; then is told once it has ended,
// unless it was killed.
func (w *world) begin(of *agent, call, then func()) *routine {
	w.next++
	r := &routine{of: of, number: w.next, on: w.thread()}
	r.on.call = call
	w.turn(r, then)
	return r
}

// turn lets a routine run until it sleeps or ends.
func (w *world) turn(r *routine, then func()) {
	if r.dead {
		return
	}
	was := w.running
	w.running = r
	d, _ := r.on.resume()
	w.running = was
	if d != callEnded {
		w.after(d, func() { w.turn(r, then) })
		return
	}
	w.idle = append(w.idle, r.on)
	if !r.dead {
		r.dead = true
		then()
	}
}

// end kills a routine where it sleeps. What it was waiting for fails, and so does
// all it tries after that.
func (w *world) end(r *routine) {
	if r == nil || r.dead {
		return
	}
	r.dead = true
	if w.running == r {
		return // it finds out by itself
	}
	was := w.running
	w.running = r
	r.on.kill()
	w.running = was
}

// sleep has the running call wait; outside of one, time stands still. False says
// that the call was killed.
func (w *world) sleep(d time.Duration) bool {
	r := w.running
	if r == nil {
		return true
	}
	if r.dead {
		return false
	}
	return r.on.pause(max(d, 0)) && !r.dead
}

// sortedRoutines gives routines in the order in which they were begun.
func sortedRoutines(m map[*routine]bool) []*routine {
	return slices.SortedFunc(maps.Keys(m), func(a, b *routine) int { return cmp.Compare(a.number, b.number) })
}
