package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/reconcile"
)

// PlanOptions say what to plan. ConfigFile is required.
type PlanOptions struct {
	ConfigFile string
	Fleet      string        // "": every fleet of the config
	DriverFile string        // runs in the place of the pinned driver of its name, though no lock pins it
	Timeout    time.Duration // 0: two minutes; a cloud that says nothing at all may take three seconds more
	LogTo      io.Writer     // nil: nowhere
}

const (
	planTimeout = 2 * time.Minute
	planLook    = 50 * time.Millisecond // between two looks whether all is planned
	// planPatience is how many failures in a row a cluster may have before its
	// fault is the answer.
	planPatience = 3
)

// Plan runs the agent's own engine once over each fleet, read-only: a fresh read
// of the source, a whole inventory, and every cluster compared in full, with the
// hints that the running agent has, or will find. It needs no running agent, only
// reads the state folder and writes nothing to the cloud. The report is as far as it
// got when the time is over; an error is one of the start.
func Plan(ctx context.Context, o PlanOptions) (Report, error) {
	_, c, err := readConfig(o.ConfigFile)
	if err != nil {
		return Report{}, err
	}
	fleets, err := chosen(c, o.Fleet)
	if err != nil {
		return Report{}, err
	}
	dir, err := os.MkdirTemp("", "heatsync-plan-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)
	if o.DriverFile != "" {
		if c.Drivers, err = withDriver(c.Drivers, o.DriverFile, filepath.Join(dir, "drivers")); err != nil {
			return Report{}, err
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = planTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	if o.LogTo != nil {
		log = newLogger(o.LogTo, c.Log, new(slog.LevelVar))
	}
	m, err := metrics.New(prometheus.NewRegistry(), nil)
	if err != nil {
		return Report{}, err
	}
	book := newDriverBook()
	h, err := openHost(c.Drivers, "", callsOf(c), book, m, log)
	if err != nil {
		return Report{}, err
	}
	defer h.close()
	now, cut := context.WithCancel(context.Background())
	cut() // nothing is under way that is worth waiting for
	parts := fleetParts{
		state:   state{dir: dir, sources: dir},
		drivers: h, book: book, metrics: m, clock: newClock(), log: log, now: now,
	}
	settling, enough := context.WithTimeout(ctx, o.Timeout/3) // a driver that hangs leaves the rest to the others
	defer enough()
	h.settle(settling)
	return planFleets(ctx, c, fleets, parts)
}

// planFleets plans fleets beside each other, so that one whose cloud is silent takes
// no other's time. The report has them in the order given.
func planFleets(ctx context.Context, c config.Config, fleets []config.Fleet, p fleetParts) (Report, error) {
	out := Report{Fleets: make([]FleetReport, len(fleets))}
	failed := make([]error, len(fleets))
	var planning sync.WaitGroup
	for i, f := range fleets {
		planning.Go(func() { out.Fleets[i], failed[i] = planFleet(ctx, c, f, p) })
	}
	planning.Wait()
	if err := errors.Join(failed...); err != nil {
		return Report{}, err
	}
	return out, nil
}

// chosen gives the fleets to plan.
func chosen(c config.Config, name string) ([]config.Fleet, error) {
	if name == "" {
		return c.Fleets, nil
	}
	i := slices.IndexFunc(c.Fleets, func(f config.Fleet) bool { return f.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("the config has no fleet %q", name)
	}
	return c.Fleets[i : i+1], nil
}

// planFleet turns one fleet's loop until nothing more is to be found out.
func planFleet(ctx context.Context, c config.Config, f config.Fleet, p fleetParts) (FleetReport, error) {
	c.Recording.File = ""
	writes := !f.ReadOnly
	f.ReadOnly = true
	f.Cloud.Margin = 0
	// The fleet outlives the time that there is, to say what it waited for.
	lasting := context.WithoutCancel(ctx)
	one, _, err := openFleet(lasting, c, f, p)
	if err != nil {
		return FleetReport{}, err
	}
	hints, note := glance(c.StateDir, f.Name)
	one.loop.hints = nil
	one.loop.settings.SettleIn = 0
	one.loop.settings.Poll.DeepEvery = 0
	ended := make(chan struct{})
	one.start(lasting, p, hints, func() { close(ended) })
	defer func() { one.stop(); <-ended }()

	g, err := one.loop.await(ctx, planned)
	if err == nil && g.anySettled() {
		// What the lists show agrees: one tour, at once, compares what is stored.
		s := one.loop.settings
		s.Poll.DeepEvery = time.Millisecond
		one.loop.change(s, f.Concurrency)
		g, err = one.loop.await(ctx, func(g glimpse) bool { return g.failed() != "" || planned(g) && !g.Lanes.DeepTour.IsZero() })
	}
	late := errors.Is(err, context.DeadlineExceeded)
	if late {
		g, err = one.loop.parting(f.Name), nil
	}
	r := reportOf(g.FleetStatus)
	r.Note, r.Incomplete = note, late
	if writes {
		r.asWritten()
	}
	return r, err
}

// glimpse is a fleet's status with the work that is open.
type glimpse struct {
	reconcile.FleetStatus
	open int
}

// failed says why nothing can be planned at all, "" if it can.
func (g glimpse) failed() string {
	switch {
	case g.SourceError != nil:
		return g.SourceError.Summary
	case g.CloudError != nil:
		return g.CloudError.Summary
	}
	return ""
}

// anySettled tells whether a cluster is there to be compared in full.
func (g glimpse) anySettled() bool {
	return g.failed() == "" && slices.ContainsFunc(g.Clusters, func(c reconcile.ClusterStatus) bool { return c.Outcome == reconcile.Settled })
}

// planned tells whether more time would tell more.
func planned(g glimpse) bool {
	if g.failed() != "" {
		return true
	}
	if !g.Ready.Source || !g.Ready.Inventory || g.open > 0 {
		return false
	}
	for _, c := range g.Clusters {
		switch {
		case c.Outcome == "", c.Outcome == reconcile.Waiting && c.Code == reconcile.WaitObserve:
			return false
		case c.Outcome == reconcile.Retrying && c.Code != reconcile.FaultDriver && c.Attempt < planPatience:
			return false
		}
	}
	return true
}

// await looks at the loop's status until it is as wanted or ctx ends.
func (l *loop) await(ctx context.Context, wanted func(glimpse) bool) (glimpse, error) {
	tick := time.NewTicker(planLook)
	defer tick.Stop()
	for {
		g, err := l.glimpse(ctx)
		if err != nil || wanted(g) {
			return g, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return g, ctx.Err()
		}
	}
}

// glimpse takes a look at the loop's status; it waits for the loop's turn.
func (l *loop) glimpse(ctx context.Context) (glimpse, error) {
	return answerOf(ctx, l, func() glimpse { return glimpse{FleetStatus: l.engine.Status(), open: l.open} })
}

// parting is how far the loop of the named fleet got when the time was over. One
// that has not begun yet is waited for: its cloud keeps it for identityLimit at most.
func (l *loop) parting(fleet string) glimpse {
	ctx, cancel := context.WithTimeout(context.Background(), identityLimit)
	defer cancel()
	g, err := l.glimpse(ctx)
	if err != nil {
		return glimpse{FleetStatus: reconcile.FleetStatus{Name: fleet}}
	}
	return g
}
