package agent

import (
	"maps"
	"slices"
	"sync"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/reconcile"
)

// driverBook knows the last word about each driver and tells it to the loops,
// those that start later included. It is safe for concurrent use.
type driverBook struct {
	mu        sync.Mutex
	last      map[string]carry.Answer
	begun     map[string]bool // started and not heard of yet
	listeners map[int]func(carry.Answer)
	next      int
}

func newDriverBook() *driverBook {
	return &driverBook{last: map[string]carry.Answer{}, begun: map[string]bool{}, listeners: map[int]func(carry.Answer){}}
}

// starting notes that a driver has been started; whoever needs it waits.
func (b *driverBook) starting(name string) {
	b.lost(name, startingFault(name))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun[name] = true
}

// anyStarting tells whether a driver was started and not heard of yet.
func (b *driverBook) anyStarting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.begun) > 0
}

// up notes that a driver runs.
func (b *driverBook) up(d reconcile.Driver) {
	b.tell(d.Name, func(at reconcile.At) reconcile.Event { return reconcile.Described{At: at, Driver: d} })
}

// lost notes that a driver is not to be had.
func (b *driverBook) lost(name string, f reconcile.Fault) {
	b.tell(name, func(at reconcile.At) reconcile.Event { return reconcile.DriverLost{At: at, Name: name, Fault: f} })
}

func (b *driverBook) tell(name string, a carry.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last[name] = a
	delete(b.begun, name)
	for _, id := range slices.Sorted(maps.Keys(b.listeners)) {
		b.listeners[id](a)
	}
}

// listen has f told what is known, and then what happens, until the returned
// function is called. f must not block and must not call the book.
func (b *driverBook) listen(f func(carry.Answer)) (stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.next
	b.next++
	b.listeners[id] = f
	for _, name := range slices.Sorted(maps.Keys(b.last)) {
		f(b.last[name])
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, id)
	}
}
