package agent

import (
	"context"
	"log/slog"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/internal/driverhost"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/reconcile"
)

const (
	// hostGrace is how long stopping drivers may take as a whole.
	hostGrace = 30 * time.Second
	// driverStart is how long the fleets wait for drivers at the start; one takes
	// about 60 ms.
	driverStart = 2 * time.Second
)

// host is the drivers of this agent.
type host struct {
	host *driverhost.Host
	book *driverBook
	told chan struct{} // closed when the last change was told

	discard func() // removes a temporary folder
}

// openHost starts the pinned drivers in the background and tells the book of
// each. calls bounds what one driver is asked at a time.
func openHost(c config.Drivers, socketDir string, calls int, book *driverBook, m *metrics.Metrics, log *slog.Logger) (*host, error) {
	socketDir, discard, err := socketFolder(socketDir)
	if err != nil {
		return nil, err
	}
	h, err := driverhost.Open(driverhost.Options{
		Dir: c.Dir, LockFile: c.Lock, SocketDir: socketDir, Calls: calls, Logger: log, Observer: callCounter{m},
	})
	if err != nil {
		discard()
		return nil, err
	}
	out := &host{host: h, book: book, told: make(chan struct{}), discard: discard}
	for _, c := range h.Candidates() {
		if c.WillRun {
			book.starting(c.Name)
		}
	}
	go out.tell()
	return out, nil
}

// tell hands the host's changes to the book.
func (h *host) tell() {
	defer close(h.told)
	for c := range h.host.Watch() {
		switch {
		case c.Description != nil:
			h.book.up(carry.DescribedOf(*c.Description, c.SHA256))
		case c.Err != nil:
			h.book.lost(c.Name, *carry.DriverFault(c.Name, c.Err))
		}
	}
}

// Driver implements carry.Drivers.
func (h *host) Driver(name string) (carry.Driver, error) {
	d, err := h.host.Driver(name)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// settle waits until every driver that may run does, or has said why not.
func (h *host) settle(ctx context.Context) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for h.book.anyStarting() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// close stops the drivers; it returns when their processes are gone.
func (h *host) close() {
	ctx, cancel := context.WithTimeout(context.Background(), hostGrace)
	defer cancel()
	_ = h.host.Close(ctx)
	<-h.told
	h.discard()
}

// candidates lists the drivers as people see them.
func (h *host) candidates() []httpapi.Driver {
	var out []httpapi.Driver
	for _, c := range h.host.Candidates() {
		d := httpapi.Driver{Name: c.Name, Path: c.Path, Version: c.Version, SHA256: c.SHA256, Up: c.Running, State: "starting"}
		switch {
		case c.Running:
			d.State = "running"
		case !c.WillRun:
			d.State = "refused"
		case c.Err != nil:
			d.State = "down"
		}
		if c.Err != nil {
			d.Reason = c.Err.Error()
		}
		out = append(out, d)
	}
	return out
}

// callCounter counts calls and restarts.
type callCounter struct{ metrics *metrics.Metrics }

var _ driverhost.Observer = callCounter{}

// DriverCalled implements driverhost.Observer.
func (o callCounter) DriverCalled(driver, method string, took time.Duration, code string) {
	o.metrics.DriverCall(driver, method, code, took)
}

// DriverUp implements driverhost.Observer; whether a driver is up is asked for at
// scrape time.
func (o callCounter) DriverUp(string, bool) {}

// DriverRestarted implements driverhost.Observer.
func (o callCounter) DriverRestarted(driver string, after driverhost.Reason) {
	o.metrics.DriverRestart(driver, string(after))
}

// startingFault is said of a driver that has been started and not heard of yet.
func startingFault(name string) reconcile.Fault {
	return reconcile.Fault{
		Code: reconcile.FaultDriver, Who: reconcile.Nobody, Transient: true, Summary: "driver \"" + name + "\" is starting",
	}
}
