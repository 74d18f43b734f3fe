package simulation

import (
	"container/heap"
	"time"
)

// agenda holds what is to happen, by time and then in the order it was asked.
type agenda struct {
	items appointments
	next  uint64
}

type appointment struct {
	at  time.Time
	seq uint64
	do  func()
}

type appointments []appointment

func (a appointments) Len() int { return len(a) }
func (a appointments) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].seq < a[j].seq
}
func (a appointments) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *appointments) Push(x any)   { *a = append(*a, x.(appointment)) }
func (a *appointments) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	(*a)[last] = appointment{}
	*a = (*a)[:last]
	return x
}

func (a *agenda) put(at time.Time, do func()) {
	a.next++
	heap.Push(&a.items, appointment{at: at, seq: a.next, do: do})
}

// take gives the next thing to do if it is due by a time.
func (a *agenda) take(by time.Time) (appointment, bool) {
	if len(a.items) == 0 || a.items[0].at.After(by) {
		return appointment{}, false
	}
	return heap.Pop(&a.items).(appointment), true
}
