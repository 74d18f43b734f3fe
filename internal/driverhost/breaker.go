package driverhost

import (
	"math/rand/v2"
	"time"
)

// breaker decides when a driver that ended is started again. It knows no clock.
type breaker struct {
	timing  Timing
	crashes []time.Time // within the window
	row     int         // crashes since it last stayed up for a window
	trial   bool        // the circuit is half open: one more crash opens it again
}

// crashed counts a crash after having been up for so long. It gives how long to
// wait, and whether the circuit is open meanwhile.
func (b *breaker) crashed(now time.Time, up time.Duration) (time.Duration, bool) {
	if up >= b.timing.Window {
		b.row, b.trial, b.crashes = 0, false, nil
	}
	kept := b.crashes[:0]
	for _, c := range b.crashes {
		if now.Sub(c) < b.timing.Window {
			kept = append(kept, c)
		}
	}
	b.crashes = append(kept, now)
	b.row++
	if b.trial || len(b.crashes) >= b.timing.Crashes {
		b.trial = true
		return b.timing.Rest, true
	}
	delay := b.timing.Longest
	if shift := b.row - 1; shift < 16 {
		delay = min(b.timing.Backoff<<shift, delay)
	}
	return delay*3/4 + rand.N(delay/4+1), false
}
