package agent

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/reconcile"
)

// fleet is one running fleet: its loop and what the loop was made of.
type fleet struct {
	name     string
	config   config.Fleet  // as it runs now; belongs to who reloads
	whole    config.Config // that config is of
	loop     *loop
	source   source
	cloud    cloud
	recorder *recorder
	unlisten func()
	stop     context.CancelFunc
	gone     chan struct{} // closed once the loop has ended and all is let go of
	view     statusView
}

// fleetParts is what fleets share.
type fleetParts struct {
	state   state
	drivers carry.Drivers
	book    *driverBook
	metrics *metrics.Metrics
	clock   Clock
	log     *slog.Logger
	now     context.Context // ends when a stop must not wait any longer
}

// openFleet makes a fleet ready; start sets it going.
func openFleet(ctx context.Context, c config.Config, f config.Fleet, p fleetParts) (*fleet, *reconcile.Hints, error) {
	log := p.log.With(keyFleet, f.Name)
	src, err := openSource(ctx, f.Source, p.state.sourceDir(f.Name), log)
	if err != nil {
		return nil, nil, fmt.Errorf("fleet %q: %w", f.Name, err)
	}
	project := carry.NewProject(cloudOptions(f, observer{p.metrics, f.Name}))
	out := &fleet{name: f.Name, config: f, whole: c, source: src, cloud: project}
	hints := p.state.hints(f.Name)
	if file := c.RecordingFile(f.Name); file != "" {
		out.recorder = newRecorder(file, f.Name, c.Recording.MaxBytes, log)
		out.recorder.start()
	}
	out.loop = newLoop(loopOptions{
		settings: c.Settings(f), slots: f.Concurrency, engine: reconcile.New(), source: src, cloud: out.cloud,
		drivers: p.drivers, clock: p.clock, hints: hints, recorder: out.recorder, log: log, found: p.metrics.Found,
	})
	out.loop.carrier.ReadConsoles(project)
	if store := secretsOf(c, f, project, log); store != nil {
		out.loop.carrier.KeepSecrets(secretstore.NewBound(store, project.Place), project, p.clock.Now)
	}
	return out, out.takeHints(), nil
}

// takeHints reads what a former run left, and says what stands in the way.
func (f *fleet) takeHints() *reconcile.Hints {
	if f.loop.hints == nil {
		return nil
	}
	h, err := f.loop.hints.take()
	if err != nil {
		f.loop.tellState(err)
	}
	return h
}

// start turns the loop in a goroutine of its own; done is called at its end.
func (f *fleet) start(ctx context.Context, p fleetParts, hints *reconcile.Hints, done func()) {
	ctx, f.stop = context.WithCancel(ctx)
	f.unlisten, f.gone = p.book.listen(f.loop.post), make(chan struct{})
	go func() {
		defer done()
		defer close(f.gone)
		f.loop.run(ctx, p.now, hints)
		f.unlisten()
		if f.recorder != nil {
			f.recorder.close()
		}
		f.cloud.Close()
		_ = f.source.Close()
	}()
}

// openSource makes a source ready; it reads no network.
func openSource(ctx context.Context, s config.Source, stateDir string, log *slog.Logger) (source, error) {
	if s.Git != nil {
		o := s.GitOptions(stateDir)
		o.Logger = log
		return gitsource.Open(ctx, o)
	}
	f, err := gitsource.OpenFolder(s.Directory, gitsource.FolderOptions{Logger: log})
	if err != nil {
		return nil, err
	}
	return &folder{Folder: f}, nil
}

// cloudOptions says how a fleet's cloud is reached.
func cloudOptions(f config.Fleet, o openstack.Observer) openstack.CloudOptions {
	options := openstack.DefaultOptions()
	options.Name, options.File, options.Region = f.Cloud.Name, f.Cloud.File, f.Cloud.Region
	options.AllowInsecure, options.Observer, options.InFlight = f.Cloud.AllowInsecure, o, f.Concurrency
	if f.Cloud.RPCTimeout > 0 {
		options.RPCTimeout = f.Cloud.RPCTimeout
	}
	return options
}

// observer counts one fleet's requests to its cloud.
type observer struct {
	metrics *metrics.Metrics
	fleet   string
}

// Request implements openstack.Observer.
func (o observer) Request(service, method string, code int, d time.Duration) {
	o.metrics.Request(o.fleet, service, method, code, d)
}
