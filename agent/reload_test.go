package agent

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/metrics"
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

// A fleet that cannot be opened as the new config has it runs on as it did, and is
// tried again with the next config.
func TestAFleetThatCannotBeChangedRunsOn(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	log := slog.New(slog.DiscardHandler)
	m, err := metrics.New(prometheus.NewRegistry(), nil)
	if err != nil {
		t.Fatal(err)
	}
	st, err := openState(t.Context(), t.TempDir(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	folder := func(name string) config.Fleet {
		return config.Fleet{Name: name, Concurrency: 1, Source: config.Source{Directory: t.TempDir()}}
	}
	prod := folder("prod")
	a := &Agent{
		options: Options{Clock: newClock()}, log: log, level: new(slog.LevelVar), metrics: m, fleets: map[string]*fleet{},
		config: config.Config{Fleets: []config.Fleet{prod}},
		parts:  fleetParts{state: st, drivers: fakeDrivers{}, book: newDriverBook(), metrics: m, clock: newClock(), log: log, now: ctx},
	}
	defer a.ended.Wait()
	defer stop()
	if err := a.startAll(ctx); err != nil {
		t.Fatal(err)
	}

	bad := prod
	bad.Source = config.Source{Git: &config.Git{URL: "gopher://nowhere"}}
	a.reload(ctx, config.Config{Fleets: []config.Fleet{bad, folder("test")}}, nil)
	if !strings.Contains(a.Config().Error, "unknown scheme") {
		t.Errorf("refused for %q", a.Config().Error)
	}
	if f := a.find("prod"); f == nil || f.config.Source.Directory != prod.Source.Directory {
		t.Errorf("prod does not run on: %+v", f)
	}
	if a.find("test") == nil {
		t.Error("the other fleet has not begun")
	}

	moved := folder("prod")
	a.reload(ctx, config.Config{Fleets: []config.Fleet{moved}}, nil)
	if f := a.find("prod"); a.Config().Error != "" || f == nil || f.config.Source.Directory != moved.Source.Directory {
		t.Errorf("prod has not changed: %q, %+v", a.Config().Error, f)
	}
	if a.find("test") != nil {
		t.Error("the other fleet has not gone")
	}
}

// A stop that overtakes a reload is no fault of the config file.
func TestAReloadThatAStopOvertakesRefusesNothing(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	m, err := metrics.New(prometheus.NewRegistry(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a := &Agent{
		options: Options{Clock: newClock()}, log: log, level: new(slog.LevelVar), metrics: m, fleets: map[string]*fleet{},
		parts: fleetParts{state: state{sources: t.TempDir()}, book: newDriverBook(), metrics: m, log: log},
	}
	prod := config.Fleet{Name: "prod", Concurrency: 1, Source: config.Source{Git: &config.Git{URL: "https://git.example.org/fleet.git"}}}
	a.reload(ctx, config.Config{Fleets: []config.Fleet{prod}}, nil)
	if got := a.Config().Error; got != "" {
		t.Errorf("refused: %s", got)
	}
}
