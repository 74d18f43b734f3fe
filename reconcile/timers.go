package reconcile

import (
	"container/heap"
	"hash/fnv"
	"time"
)

// wake is one cluster's turn at a time.
type wake struct {
	at   time.Time
	name string
}

// wakes is a heap of turns. A turn that the cluster no longer waits for is
// passed over when it comes up.
type wakes []wake

func (w wakes) Len() int { return len(w) }
func (w wakes) Less(i, j int) bool {
	return w[i].at.Before(w[j].at) || w[i].at.Equal(w[j].at) && w[i].name < w[j].name
}
func (w wakes) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *wakes) Push(x any)   { *w = append(*w, x.(wake)) }
func (w *wakes) Pop() any {
	old := *w
	x := old[len(old)-1]
	*w = old[:len(old)-1]
	return x
}

// look sets when a cluster is looked at again, zero for "at the next event", as
// is a time that is over: it would be asked for again and again.
func (e *Engine) look(c *cluster, at time.Time) {
	if !at.After(e.now) {
		at = time.Time{}
	}
	if c.Next.Equal(at) {
		return
	}
	c.Next = at
	if !at.IsZero() {
		heap.Push(&e.wakes, wake{at, c.Name})
	}
}

// wake touches every cluster whose time has come.
func (e *Engine) wake() {
	for len(e.wakes) > 0 && !e.wakes[0].at.After(e.now) {
		w := heap.Pop(&e.wakes).(wake)
		if c := e.clusters[w.name]; c != nil && c.Next.Equal(w.at) {
			c.Next = time.Time{}
			e.touch(w.name)
		}
	}
	e.tourTurn()
}

// nextWake gives the time of the next turn, zero when there is none.
func (e *Engine) nextWake() time.Time {
	for len(e.wakes) > 0 {
		w := e.wakes[0]
		if c := e.clusters[w.name]; c != nil && c.Next.Equal(w.at) {
			return w.at
		}
		heap.Pop(&e.wakes)
	}
	return time.Time{}
}

// jitter gives d lengthened by up to a quarter, the same for the same words:
// the engine has no randomness, and clusters must not wake together.
func jitter(d time.Duration, words ...string) time.Duration {
	h := fnv.New32a()
	for _, w := range words {
		h.Write([]byte(w))
		h.Write([]byte{0})
	}
	return d + time.Duration(float64(d)/4*float64(h.Sum32()%1000)/1000)
}

// earliest gives the earlier of two times, of which zero is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
