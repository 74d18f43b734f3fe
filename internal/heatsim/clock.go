package heatsim

import (
	"container/heap"
	"sync"
	"time"
)

// Clock tells the cloud the time.
type Clock interface{ Now() time.Time }

// Sleeper is a Clock that can also pass time: a fault that delays an answer
// calls it. A Clock without it does not delay.
type Sleeper interface{ Sleep(d time.Duration) }

// RealClock is the process's clock (a bubble's inside testing/synctest).
type RealClock struct{}

// Now is the present time.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep blocks the calling request for d.
func (RealClock) Sleep(d time.Duration) { time.Sleep(d) }

// VirtualClock stands still until it is advanced. It is safe for concurrent use.
type VirtualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewVirtualClock starts a clock at start.
func NewVirtualClock(start time.Time) *VirtualClock { return &VirtualClock{now: start} }

// Now is where the clock stands.
func (v *VirtualClock) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Advance moves the clock on by d; a negative d is ignored.
func (v *VirtualClock) Advance(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d > 0 {
		v.now = v.now.Add(d)
	}
}

// Sleep advances the clock by d at once.
func (v *VirtualClock) Sleep(d time.Duration) { v.Advance(d) }

// agenda holds what is to happen, by time and then in the order it was asked.
type agenda struct {
	items []appointment
	next  uint64
}

type appointment struct {
	at  time.Time
	seq uint64
	do  func()
}

func (a *agenda) Len() int { return len(a.items) }
func (a *agenda) Less(i, j int) bool {
	if !a.items[i].at.Equal(a.items[j].at) {
		return a.items[i].at.Before(a.items[j].at)
	}
	return a.items[i].seq < a.items[j].seq
}
func (a *agenda) Swap(i, j int) { a.items[i], a.items[j] = a.items[j], a.items[i] }
func (a *agenda) Push(x any)    { a.items = append(a.items, x.(appointment)) }
func (a *agenda) Pop() any {
	last := len(a.items) - 1
	x := a.items[last]
	a.items[last] = appointment{}
	a.items = a.items[:last]
	return x
}

// after has do carried out d from the cloud's present moment.
func (c *Cloud) after(d time.Duration, do func()) {
	c.agenda.next++
	heap.Push(&c.agenda, appointment{at: c.now.Add(d), seq: c.agenda.next, do: do})
}

// catchUp carries out what is due by the clock's time.
func (c *Cloud) catchUp() {
	now := c.clock.Now().UTC()
	for len(c.agenda.items) > 0 && !c.agenda.items[0].at.After(now) {
		a := heap.Pop(&c.agenda).(appointment)
		if a.at.After(c.now) {
			c.now = a.at
		}
		a.do()
		c.changes++
	}
	if now.After(c.now) {
		c.now = now
	}
}
