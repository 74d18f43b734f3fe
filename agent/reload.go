package agent

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/reconcile"
)

// reload takes a changed config file into use. A bad one leaves the old one in
// force and says so.
func (a *Agent) reload(ctx context.Context, c config.Config, err error) {
	if err != nil {
		a.refuse(err)
		return
	}
	old := a.config
	a.warnOfRest(old, c)
	setLevel(a.level, c.Log)
	var failed error
	for _, f := range old.Fleets {
		if !slices.ContainsFunc(c.Fleets, func(n config.Fleet) bool { return n.Name == f.Name }) {
			a.endFleet(f.Name)
			a.metrics.ForgetFleet(f.Name)
		}
	}
	for _, f := range c.Fleets {
		if e := a.changeFleet(ctx, c, f); e != nil {
			failed = e
		}
	}
	a.mu.Lock()
	a.config = c
	a.mu.Unlock()
	if ctx.Err() != nil {
		return // what failed, if anything, failed of the stop
	}
	if failed != nil {
		a.refuse(failed)
		return
	}
	a.accepted()
	a.log.Info("config read again", "config", a.options.ConfigFile, "fleets", len(c.Fleets))
}

func (a *Agent) refuse(err error) {
	a.metrics.ConfigRefused()
	a.mu.Lock()
	a.refused = err.Error()
	a.mu.Unlock()
	a.log.Error("the config file is refused, the one before stays in force", keyErr, err)
}

func (a *Agent) accepted() {
	now := a.options.Clock.Now()
	a.metrics.ConfigRead(now)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.loaded, a.refused = now, ""
}

// warnOfRest tells of changes that need a new process.
func (a *Agent) warnOfRest(old, c config.Config) {
	for _, x := range []struct {
		field    string
		was, now any
	}{
		{"listen", old.Listen, c.Listen},
		{"stateDir", old.StateDir, c.StateDir},
		{"drivers", old.Drivers, c.Drivers},
		{"web", old.Web, c.Web},
		{"log.format", old.Log.Format, c.Log.Format},
	} {
		if x.was != x.now {
			a.log.Warn("a changed field takes effect at the next start", "field", x.field)
		}
	}
}

// changeFleet brings one fleet to what the new config says of it: as it runs
// where only settings differ, else by stopping it and starting another.
func (a *Agent) changeFleet(ctx context.Context, c config.Config, f config.Fleet) error {
	running := a.find(f.Name)
	if running == nil {
		return a.startFleet(ctx, c, f)
	}
	was := running.whole
	if !reflect.DeepEqual(running.config.Source, f.Source) || !reflect.DeepEqual(running.config.Cloud, f.Cloud) ||
		was.Recording != c.Recording || !reflect.DeepEqual(was.SecretsOf(running.config), c.SecretsOf(f)) {
		return a.replaceFleet(ctx, running, c, f)
	}
	if !reflect.DeepEqual(running.config, f) || was.Settings(f) != c.Settings(f) {
		running.loop.change(c.Settings(f), f.Concurrency)
	}
	running.config, running.whole = f, c
	return nil
}

// replaceFleet stops a fleet and starts another of its name. If that cannot be
// opened, the fleet runs on as it was.
func (a *Agent) replaceFleet(ctx context.Context, running *fleet, c config.Config, f config.Fleet) error {
	a.endFleet(f.Name)
	err := a.startFleet(ctx, c, f)
	if err == nil {
		return nil
	}
	if again := a.startFleet(ctx, running.whole, running.config); again != nil {
		return fmt.Errorf("%w; nor can it go on as before: %w", err, again)
	}
	return err
}

// endFleet stops a fleet and waits until it has let go of its source's folder and
// its recording, which the next one of its name opens.
func (a *Agent) endFleet(name string) {
	a.mu.Lock()
	f := a.fleets[name]
	delete(a.fleets, name)
	a.mu.Unlock()
	if f == nil {
		return
	}
	f.stop()
	<-f.gone
}

// change gives a turning loop other settings.
func (l *loop) change(s reconcile.Settings, slots int) {
	l.inbox.put(func() {
		l.slots = slots
		l.cloudSlots.resize(slots)
		l.secretSlots.resize(slots)
		for _, d := range l.driverSlots {
			d.resize(slots)
		}
		l.settings = s
		l.handle(func(at reconcile.At) reconcile.Event { return reconcile.SettingsChanged{At: at, Settings: s} })
	})
}
