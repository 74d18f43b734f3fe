package agent

import "sync"

// inbox is what waits for a loop: those who bring something never wait for it.
// It grows with the answers outstanding, which the slots bound.
type inbox struct {
	mu    sync.Mutex
	queue []func()
	ready chan struct{} // holds a token while the queue may have something
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

// put appends f, to be run by the loop's goroutine.
func (b *inbox) put(f func()) {
	b.mu.Lock()
	b.queue = append(b.queue, f)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take empties the inbox.
func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queue
	b.queue = nil
	return q
}
