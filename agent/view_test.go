package agent

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/agent/httpapi"
)

// A fleet whose loop is silent keeps nobody from asking for another.
func TestOneFleetIsAskedAlone(t *testing.T) {
	w := newWorld(t, fleetText+clusterText("web", "good"))
	synctest.Test(t, func(t *testing.T) {
		w.run(t)
		defer w.end()
		silent := newLoop(loopOptions{settings: w.loop.settings, slots: 1})
		a := &Agent{fleets: map[string]*fleet{"prod": {name: "prod", loop: w.loop}, "silent": {name: "silent", loop: silent}}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if f, err := a.Fleet(ctx, "prod"); err != nil || f.Status == nil || f.Status.Name != "prod" {
			t.Errorf("prod: %+v, %v", f, err)
		}
		if _, err := a.Fleet(ctx, "pro"); !errors.Is(err, httpapi.ErrNoFleet) {
			t.Errorf("pro: %v", err)
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("it took %s", took)
		}
		if f, err := a.Fleet(ctx, "silent"); err != nil || f.Status != nil {
			t.Errorf("silent: %+v, %v", f, err)
		}
	})
}
