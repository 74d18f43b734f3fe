package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/internal/version"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/reconcile"
)

// Options say how an agent is run. ConfigFile is required.
type Options struct {
	ConfigFile string
	LogTo      io.Writer       // nil: standard error
	Reload     <-chan struct{} // each value has the config file read again; may be nil
	Clock      Clock           // nil: the host's, never going back
	// Ready is called once the agent serves, with the address it listens on, ""
	// for none. May be nil.
	Ready func(listen string)
}

// Agent is one running process. Its methods are safe for concurrent use.
type Agent struct {
	options  Options
	log      *slog.Logger
	level    *slog.LevelVar
	host     *host
	metrics  *metrics.Metrics
	registry *prometheus.Registry
	parts    fleetParts
	ended    sync.WaitGroup // loops

	mu      sync.Mutex
	config  config.Config
	loaded  time.Time
	refused string            // why the config file on disk is not in force
	fleets  map[string]*fleet // by name
}

// Run runs an agent until ctx ends, then stops it gracefully: nothing new is
// begun, steps under way are waited for, hints are saved. When now ends, it stops
// at once, as safely as a crash. An error is one of the start.
func Run(ctx, now context.Context, o Options) error {
	data, c, err := readConfig(o.ConfigFile)
	if err != nil {
		return err
	}
	a := &Agent{options: o, config: c, fleets: map[string]*fleet{}, level: new(slog.LevelVar)}
	if a.options.LogTo == nil {
		a.options.LogTo = os.Stderr
	}
	if a.options.Clock == nil {
		a.options.Clock = newClock()
	}
	a.log = newLogger(a.options.LogTo, c.Log, a.level)
	if err := a.run(ctx, now, data); err != nil {
		return err
	}
	a.log.Info("stopped")
	return nil
}

// readConfig reads and checks the config file, and gives its bytes too.
func readConfig(file string) ([]byte, config.Config, error) {
	data, err := config.Read(file)
	if err != nil {
		return nil, config.Config{}, err
	}
	c, err := config.Parse(file, data)
	return data, c, err
}

func newLogger(to io.Writer, c config.Log, level *slog.LevelVar) *slog.Logger {
	setLevel(level, c)
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}

// setLevel takes one of the levels that the config package lets pass.
func setLevel(level *slog.LevelVar, c config.Log) {
	var l slog.Level
	if l.UnmarshalText([]byte(strings.ToUpper(c.Level))) == nil {
		level.Set(l)
	}
}

func (a *Agent) run(ctx, now context.Context, data []byte) error {
	st, err := openState(ctx, a.config.StateDir, a.log)
	if err != nil {
		return err
	}
	defer st.close()
	listener, err := a.listen()
	if err != nil {
		return err
	}
	if err := a.register(); err != nil {
		return err
	}
	book := newDriverBook()
	if a.host, err = openHost(a.config.Drivers, st.sockets(), callsOf(a.config), book, a.metrics, a.log); err != nil {
		return err
	}
	defer a.host.close()
	a.parts = fleetParts{
		state: st, drivers: a.host, book: book, metrics: a.metrics, clock: a.options.Clock, log: a.log, now: now,
	}
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	served, err := a.serve(serving, listener)
	if err != nil {
		return err
	}
	a.awaitDrivers(ctx)
	if err := a.startAll(ctx); err != nil && ctx.Err() == nil { // else it failed of the stop
		return err
	}
	if ctx.Err() == nil {
		a.ready(listener)
	}
	config.Watch(ctx, a.options.ConfigFile, data, a.options.Reload, func(c config.Config, err error) { a.reload(ctx, c, err) })
	a.log.Info("stopping: nothing new is begun, steps under way are waited for")
	a.ended.Wait()
	stopServing()
	<-served
	return nil
}

// awaitDrivers gives drivers the moment they need to start, so that clusters
// begin with a plan and not with a fault. One that hangs is not waited for.
func (a *Agent) awaitDrivers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, driverStart)
	defer cancel()
	a.host.settle(ctx)
}

// callsOf is how many calls to one driver may be under way: those of all fleets,
// whose own slots keep them from starving each other.
func callsOf(c config.Config) int {
	n := 0
	for _, f := range c.Fleets {
		n += f.Concurrency
	}
	return max(n, 16) * callKinds
}

func (a *Agent) listen() (net.Listener, error) {
	if a.config.Listen == "" {
		return nil, nil
	}
	return httpapi.Listen(a.config.Listen)
}

// register makes the agent's metrics.
func (a *Agent) register() error {
	a.registry = prometheus.NewRegistry()
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m, err := metrics.New(a.registry, scraped{a})
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	a.metrics = m
	a.accepted()
	return nil
}

// serve answers HTTP until ctx ends; the channel is closed when that is over.
func (a *Agent) serve(ctx context.Context, l net.Listener) (<-chan struct{}, error) {
	done := make(chan struct{})
	if l == nil {
		close(done)
		return done, nil
	}
	if err := httpapi.CheckWebConfig(a.config.Web.ConfigFile); err != nil {
		_ = l.Close()
		return nil, err
	}
	scrape := promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4, Timeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	})
	h := httpapi.Handler(a, scrape, time.Now)
	go func() {
		defer close(done)
		httpapi.Serve(ctx, l, h, a.config.Web.ConfigFile, a.log)
	}()
	return done, nil
}

func (a *Agent) ready(l net.Listener) {
	address := ""
	if l != nil {
		address = l.Addr().String()
	}
	a.log.Info("heatsync runs", "version", version.String(), "config", a.options.ConfigFile, "listen", address, "fleets", len(a.config.Fleets))
	if a.options.Ready != nil {
		a.options.Ready(address)
	}
}

// startAll starts every fleet of the config; if one cannot be, it stops the
// others again.
func (a *Agent) startAll(ctx context.Context) error {
	var failed []error
	for _, f := range a.config.Fleets {
		failed = append(failed, a.startFleet(ctx, a.config, f))
	}
	err := errors.Join(failed...)
	if err != nil {
		for _, f := range a.running() {
			a.endFleet(f.name)
		}
	}
	return err
}

func (a *Agent) startFleet(ctx context.Context, c config.Config, f config.Fleet) error {
	one, hints, err := openFleet(ctx, c, f, a.parts)
	if err != nil {
		return err
	}
	a.ended.Add(1)
	one.start(ctx, a.parts, hints, a.ended.Done)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fleets[f.Name] = one
	return nil
}

// running gives the fleets by name.
func (a *Agent) running() []*fleet {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]*fleet, 0, len(a.fleets))
	for _, f := range a.fleets {
		out = append(out, f)
	}
	slices.SortFunc(out, func(x, y *fleet) int { return strings.Compare(x.name, y.name) })
	return out
}

// find gives a running fleet, nil for none of that name.
func (a *Agent) find(name string) *fleet {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fleets[name]
}

var (
	_ httpapi.Agent  = (*Agent)(nil)
	_ metrics.Source = scraped{}
	_ engine         = (*reconcile.Engine)(nil)
)
