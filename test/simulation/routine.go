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
	pause  func(time.Duration) bool // gives the turn back; false: it was killed
	resume func() (time.Duration, bool)
	kill   func()
	dead   bool
	number uint64
	of     *agent // whose call it is
	step   *attempt
}

// errKilled is what a killed call gets from everything it still tries.
var errKilled = errors.New("the process is dead")

var errNoStack = errors.New("there is no stack")

// begin runs call as a routine of an agent; then is told once it has ended,
// unless it was killed.
func (w *world) begin(of *agent, call, then func()) *routine {
	w.next++
	r := &routine{of: of, number: w.next}
	r.resume, r.kill = iter.Pull(func(yield func(time.Duration) bool) {
		r.pause = yield
		call()
	})
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
	d, more := r.resume()
	w.running = was
	switch {
	case more:
		w.after(d, func() { w.turn(r, then) })
	case !r.dead:
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
	r.kill()
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
	return r.pause(d) && !r.dead
}

// sortedRoutines gives routines in the order in which they were begun.
func sortedRoutines(m map[*routine]bool) []*routine {
	return slices.SortedFunc(maps.Keys(m), func(a, b *routine) int { return cmp.Compare(a.number, b.number) })
}
