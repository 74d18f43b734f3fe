package openstack

import (
	"context"
	"testing"
)

// TestSeatsAndEnd: a seat that comes together with the end of its context is
// not lost.
func TestSeatsAndEnd(t *testing.T) {
	s := newSeats(2)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if s.enter(over) == nil {
			s.leave()
		}
	}
	if s.taken != 0 || len(s.waiting) != 0 {
		t.Errorf("%d seats taken, %d waiting", s.taken, len(s.waiting))
	}
}
