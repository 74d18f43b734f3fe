package simulation

import (
	"testing"
	"time"
)

// A clock is stepped back as often as forward, by a minute to a few days.
func TestClockStepsBothWays(t *testing.T) {
	back, small := 0, 0
	for n := range 1000 { // what acts choose of
		by := stepOf(n)
		if by < 0 {
			back++
		}
		if by.Abs() < time.Minute || by.Abs() > 90*time.Hour {
			t.Errorf("%d steps the clock by %v", n, by)
		}
		if by.Abs() <= 10*time.Minute {
			small++
		}
	}
	if back != 500 || small < 100 {
		t.Errorf("of 1000 steps %d go back, %d are of minutes", back, small)
	}
}
