package agent

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// slowToClose is a source that takes a while to let go of its folder.
type slowToClose struct {
	*fakeSource
	closed *bool
}

func (s slowToClose) Close() error {
	time.Sleep(time.Second)
	*s.closed = true
	return nil
}

// Whoever starts a fleet anew opens the folder and the recording that the old one had.
func TestAFleetHasEndedOnceItHasLetGo(t *testing.T) {
	w := newWorld(t, fleetText)
	synctest.Test(t, func(t *testing.T) {
		closed := false
		f := &fleet{name: "prod", source: slowToClose{w.source, &closed}, cloud: w.cloud}
		f.loop = newLoop(loopOptions{
			settings: reconcile.DefaultSettings("prod"), slots: 1, engine: reconcile.New(), source: f.source, cloud: w.cloud,
			drivers: w.drivers, clock: newClock(), log: slog.New(slog.DiscardHandler),
		})
		f.start(t.Context(), fleetParts{book: newDriverBook(), now: t.Context()}, nil, func() {})
		a := &Agent{fleets: map[string]*fleet{"prod": f}}
		a.endFleet("prod")
		if !closed {
			t.Error("the fleet counts as ended, and its source is not closed")
		}
	})
}
