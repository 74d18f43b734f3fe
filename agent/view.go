package agent

import (
	"context"
	"sync"
	"time"

	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/reconcile"
)

const (
	// viewAge is how old a status may be that is shown again: many scrapers cost
	// a loop no more than one.
	viewAge = time.Second
	// scrapeLimit bounds how long a scrape waits for a busy loop.
	scrapeLimit = 3 * time.Second
)

// statusView is the last status of a fleet and when it was taken.
type statusView struct {
	turn   sync.Mutex
	status *reconcile.FleetStatus
	taken  time.Time
}

// get gives a status at most viewAge old, nil when the loop does not answer
// within ctx.
func (v *statusView) get(ctx context.Context, l *loop) *reconcile.FleetStatus {
	v.turn.Lock()
	defer v.turn.Unlock()
	if v.status != nil && time.Since(v.taken) < viewAge {
		return v.status
	}
	if ctx.Err() != nil {
		return nil
	}
	s, err := l.status(ctx)
	if err != nil {
		return nil
	}
	v.status, v.taken = &s, time.Now()
	return v.status
}

// forget makes the next get ask.
func (v *statusView) forget() {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.status = nil
}

// Fleets implements httpapi.Agent.
func (a *Agent) Fleets(ctx context.Context) []httpapi.Fleet {
	fleets := a.running()
	out := make([]httpapi.Fleet, len(fleets))
	var all sync.WaitGroup
	for i, f := range fleets {
		out[i] = f.seen()
		if ctx.Err() == nil {
			all.Go(func() { out[i].Status = f.view.get(ctx, f.loop) })
		}
	}
	all.Wait()
	return out
}

// Fleet implements httpapi.Agent.
func (a *Agent) Fleet(ctx context.Context, name string) (httpapi.Fleet, error) {
	f := a.find(name)
	if f == nil {
		return httpapi.Fleet{}, httpapi.ErrNoFleet
	}
	out := f.seen()
	out.Status = f.view.get(ctx, f.loop)
	return out, nil
}

// seen is what is known of a fleet without asking its loop.
func (f *fleet) seen() httpapi.Fleet {
	return httpapi.Fleet{Name: f.name, Beat: f.loop.lastBeat(), StateError: f.loop.stateFault()}
}

// Ask implements httpapi.Agent.
func (a *Agent) Ask(ctx context.Context, name string, what reconcile.Ask) error {
	f := a.find(name)
	if f == nil {
		return httpapi.ErrNoFleet
	}
	defer f.view.forget()
	return f.loop.request(ctx, what)
}

// Config implements httpapi.Agent.
func (a *Agent) Config() httpapi.Config {
	a.mu.Lock()
	defer a.mu.Unlock()
	return httpapi.Config{File: a.options.ConfigFile, Loaded: a.loaded, Error: a.refused}
}

// Drivers implements httpapi.Agent.
func (a *Agent) Drivers() []httpapi.Driver { return a.host.candidates() }

// scraped is the agent as metrics see it.
type scraped struct{ *Agent }

// Fleets implements metrics.Source.
func (s scraped) Fleets() []metrics.Fleet {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	var out []metrics.Fleet
	for _, f := range s.Agent.Fleets(ctx) {
		out = append(out, metrics.Fleet{Name: f.Name, Beat: f.Beat, StateError: f.StateError != "", Status: f.Status})
	}
	return out
}

// Drivers implements metrics.Source.
func (s scraped) Drivers() []metrics.Driver {
	var out []metrics.Driver
	for _, d := range s.Agent.Drivers() {
		if d.Name != "" {
			out = append(out, metrics.Driver{Name: d.Name, Version: d.Version, Up: d.Up})
		}
	}
	return out
}
