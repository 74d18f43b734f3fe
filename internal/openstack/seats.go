package openstack

import (
	"context"
	"slices"
	"sync"
)

// seats bounds how many are inside at once, by a number that moves between one
// and a maximum. Who waits gets in in order.
type seats struct {
	max float64

	mu      sync.Mutex
	limit   float64
	taken   int
	waiting []chan struct{}
}

func newSeats(n int) *seats { return &seats{max: float64(n), limit: float64(n)} }

// enter takes a seat, or gives ctx's error.
func (s *seats) enter(ctx context.Context) error {
	s.mu.Lock()
	turn := make(chan struct{})
	s.waiting = append(s.waiting, turn)
	s.call()
	s.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, turn); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
		return ctx.Err()
	}
	s.taken-- // the seat came together with the end
	s.call()
	return ctx.Err()
}

// leave gives a seat back.
func (s *seats) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	s.call()
}

// grow allows one more after as many good answers as there are seats.
func (s *seats) grow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = min(s.max, s.limit+1/s.limit)
	s.call()
}

// halve allows half as many, at least one.
func (s *seats) halve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = max(1, s.limit/2)
}

// call lets in whom there is a seat for. s.mu is held.
func (s *seats) call() {
	for len(s.waiting) > 0 && s.taken < int(s.limit) {
		s.taken++
		close(s.waiting[0])
		s.waiting = s.waiting[1:]
	}
}
