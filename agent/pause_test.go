package agent

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// A pause stops the steps that wait for their turn, not only those that are yet
// to be planned: with one slot, the second create has been asked for already.
func TestPauseStopsStepsThatWaitForTheirTurn(t *testing.T) {
	w := newWorld(t, fleetText+clusterText("a", "good")+clusterText("b", "good")+clusterText("c", "good"))
	synctest.Test(t, func(t *testing.T) {
		first := make(chan struct{})
		var begun atomic.Int32
		w.drivers["good"] = &fakeDriver{cloud: w.cloud, gate: func(_ context.Context, call string) error {
			if call == "Apply" {
				if begun.Add(1) == 1 {
					<-first
				}
			}
			return nil
		}}
		w.run(t)
		synctest.Wait()
		if err := w.loop.request(t.Context(), reconcile.Pause); err != nil {
			t.Fatal(err)
		}
		close(first)
		time.Sleep(time.Minute)
		if n, begun := len(w.cloud.names()), begun.Load(); n != 1 || begun != 1 {
			t.Errorf("%d stacks and %d steps after the pause, want the one that was under way", n, begun)
		}
		if c := w.outcome(t, "c"); c.Code != reconcile.HeldPaused {
			t.Errorf("c is %+v", c)
		}
		if err := w.loop.request(t.Context(), reconcile.Resume); err != nil {
			t.Fatal(err)
		}
		w.await(t, "c", reconcile.Settled)
		w.end()
	})
}
