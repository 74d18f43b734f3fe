package driverhost

import (
	"testing"
	"time"
)

func TestBreakerDoublesUpToALimit(t *testing.T) {
	b := breaker{timing: DefaultTiming()}
	now := time.Unix(0, 0)
	for i, want := range []time.Duration{
		250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
		8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
	} {
		now = now.Add(20 * time.Second) // slow enough for the circuit
		got, open := b.crashed(now, time.Second)
		if open || got > want+1 || got < want*3/4 {
			t.Errorf("crash %d: waits %s (open: %v), want up to %s", i+1, got, open, want)
		}
	}
}

func TestBreakerOpensAndTriesOnce(t *testing.T) {
	b := breaker{timing: DefaultTiming()}
	now := time.Unix(0, 0)
	for i := range 4 {
		now = now.Add(time.Second)
		if _, open := b.crashed(now, 0); open {
			t.Fatalf("open after %d crashes", i+1)
		}
	}
	now = now.Add(time.Second)
	if rest, open := b.crashed(now, 0); !open || rest != time.Minute {
		t.Fatalf("after five crashes in a minute: rest %s, open %v", rest, open)
	}
	now = now.Add(2 * time.Minute)
	if _, open := b.crashed(now, time.Second); !open {
		t.Error("the trial crashed at once and the circuit is not open again")
	}
	now = now.Add(10 * time.Minute)
	if rest, open := b.crashed(now, 5*time.Minute); open || rest > 250*time.Millisecond+1 {
		t.Errorf("after it stayed up: rest %s, open %v", rest, open)
	}
}
