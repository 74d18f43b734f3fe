package agent

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// never waits for the end of ctx: a driver that hangs.
func never(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestCommitBecomesAStack(t *testing.T) {
	text := fleetText + clusterText("web", "good")
	w := newWorld(t, text)
	synctest.Test(t, func(t *testing.T) {
		w.run(t)
		w.await(t, "web", reconcile.Settled)
		w.end()
		if names := w.cloud.names(); !slices.Equal(names, []string{"prod--web"}) {
			t.Errorf("stacks: %v", names)
		}
		if len(w.source.accepted) != 1 {
			t.Errorf("accepted revisions: %v", w.source.accepted)
		}
	})
}

// P6: with one slot each, a driver that hangs takes its own slot alone.
func TestHangingDriverStarvesNobody(t *testing.T) {
	text := fleetText + clusterText("a", "hung") + clusterText("b", "hung") + clusterText("web", "good")
	w := newWorld(t, text)
	synctest.Test(t, func(t *testing.T) {
		w.drivers["hung"] = &fakeDriver{cloud: w.cloud, gate: never}
		w.run(t)
		w.await(t, "web", reconcile.Settled)
		if c := w.outcome(t, "a"); c.Outcome == reconcile.Settled {
			t.Errorf("a is %+v", c)
		}
		w.end()
	})
}

// A step under way at the stop is waited for, and then nothing is in flight.
func TestStopWaitsForSteps(t *testing.T) {
	text := fleetText + clusterText("web", "good")
	w := newWorld(t, text)
	synctest.Test(t, func(t *testing.T) {
		begun := make(chan struct{})
		w.drivers["good"] = &fakeDriver{cloud: w.cloud, gate: func(_ context.Context, call string) error {
			if call == "Apply" {
				close(begun)
				time.Sleep(stopGrace / 2)
			}
			return nil
		}}
		w.run(t)
		<-begun
		w.end()
		h, err := w.hints.read()
		if err != nil || !h.Clean {
			t.Errorf("hints after a clean stop: %+v, %v", h, err)
		}
		if names := w.cloud.names(); len(names) != 1 {
			t.Errorf("stacks: %v", names)
		}
	})
}

// A step that does not end is cut off in bounded time, and the hints say that
// something may be in flight.
func TestStopIsBounded(t *testing.T) {
	tests := []struct {
		name string
		cut  bool // a second signal
		most time.Duration
	}{
		{"grace", false, stopGrace + cutGrace},
		{"second signal", true, cutGrace},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, fleetText+clusterText("web", "good"))
			synctest.Test(t, func(t *testing.T) {
				begun := make(chan struct{})
				w.drivers["good"] = &fakeDriver{cloud: w.cloud, gate: func(ctx context.Context, call string) error {
					if call != "Apply" {
						return nil
					}
					close(begun)
					return never(ctx, call)
				}}
				w.run(t)
				<-begun
				start := time.Now()
				w.stop()
				if tt.cut {
					w.now()
				}
				<-w.loop.ended
				w.now()
				if took := time.Since(start); took > tt.most {
					t.Errorf("the stop took %s, want at most %s", took, tt.most)
				}
				if h, err := w.hints.read(); err != nil || h.Clean {
					t.Errorf("hints after a cut-off create: %+v, %v", h, err)
				}
			})
		})
	}
}

func TestPauseHoldsOverARestart(t *testing.T) {
	w := newWorld(t, fleetText+clusterText("web", "good"))
	synctest.Test(t, func(t *testing.T) {
		w.run(t)
		if err := w.loop.request(t.Context(), reconcile.Pause); err != nil {
			t.Fatal(err)
		}
		// No clean stop: what is on disk now is what a crash would leave.
		h, err := w.hints.read()
		if err != nil || !h.Paused || h.Clean {
			t.Errorf("hints: %+v, %v", h, err)
		}
		w.end()
		w.run(t)
		if s, _ := w.loop.status(t.Context()); !s.Paused {
			t.Error("the pause did not hold over the restart")
		}
		w.end()
	})
}

// P1: without the host the last good revision is in force, and the status says
// why it cannot be renewed.
func TestLastGoodRevisionServedWhileHostIsAway(t *testing.T) {
	w := newWorld(t, fleetText+clusterText("web", "good"))
	synctest.Test(t, func(t *testing.T) {
		w.source.good, w.source.snap = w.source.snap, nil
		w.source.err = errors.New("the host is away")
		w.run(t)
		w.await(t, "web", reconcile.Settled)
		s, err := w.loop.status(t.Context())
		if err != nil || s.Revision != w.source.good.Revision().ID || s.SourceError == nil {
			t.Errorf("status: %+v, %v", s, err)
		}
		w.end()
	})
}

func TestChangedSettingsReachTheEngine(t *testing.T) {
	w := newWorld(t, fleetText)
	synctest.Test(t, func(t *testing.T) {
		w.run(t)
		s := reconcile.DefaultSettings("prod")
		s.ReadOnly = true
		w.loop.change(s, 3)
		got, err := w.loop.status(t.Context())
		if err != nil || !got.ReadOnly {
			t.Errorf("status: %+v, %v", got, err)
		}
		w.end()
	})
}

// P12: a loop leaves no goroutine behind; the bubble would not end.
func TestEndedLoopAnswersNobody(t *testing.T) {
	w := newWorld(t, fleetText)
	synctest.Test(t, func(t *testing.T) {
		w.run(t)
		w.end()
		if _, err := w.loop.status(t.Context()); !errors.Is(err, errEnded) {
			t.Errorf("status of an ended loop: %v", err)
		}
	})
}
