package simulation

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// What people and the cloud do to stacks.
var (
	doPatch = deed("hand: PATCH", func(_ *world, f *fleet, a Act) {
		if s, ref, ok := f.first(a.Cluster); ok {
			what := map[string]any{"flavor": "odd"}
			if _, has := s.Parameters["colour"]; has && a.N%2 == 1 {
				what = map[string]any{"colour": "pink"}
			}
			_ = f.people.client().Patch(context.Background(), ref, heat.Patch{Spec: heat.Spec{Parameters: what}})
		}
	})
	doScale = deed("autoscaler", func(_ *world, f *fleet, a Act) {
		if s, ref, ok := f.first(a.Cluster); ok && s.Parameters["count"] != "" {
			_ = f.people.client().Patch(context.Background(), ref, heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"count": a.N % 5}}})
		}
	})
	doUntag = deed("hand: tags lost", func(w *world, f *fleet, a Act) {
		s, ref, ok := f.first(a.Cluster)
		if !ok {
			return
		}
		if left := slices.DeleteFunc(slices.Clone(s.Tags), func(t string) bool { return strings.HasPrefix(t, live.TagDriver) }); a.N%2 == 0 && len(left) > 0 {
			f.people.send(http.MethodPatch, "/stacks/"+s.Name+"/"+s.ID, map[string]any{"tags": strings.Join(left, ",")})
			return
		}
		template, err := f.people.client().Template(context.Background(), ref)
		if err != nil {
			return
		}
		params := map[string]any{}
		for k, v := range s.Parameters {
			if !strings.HasPrefix(k, "OS::") {
				params[k] = v
			}
		}
		f.people.send(http.MethodPut, "/stacks/"+s.Name+"/"+s.ID, map[string]any{"template": template, "parameters": params, "files": s.Files})
		if now, _, ok := f.first(a.Cluster); ok && len(now.Tags) == 0 {
			w.count("hand: tags were lost")
		}
	})
	doHandDelete = deed("hand: DELETE", func(_ *world, f *fleet, a Act) {
		if _, ref, ok := f.first(a.Cluster); ok {
			_ = f.people.client().Delete(context.Background(), ref)
		}
	})
	doHandAct = deed("hand: action", func(w *world, f *fleet, a Act) {
		if heat.Action(a.Text) == heat.CancelUpdate {
			f.cancelUpdate(w, w.now.Add(a.For))
		} else if _, ref, ok := f.first(a.Cluster); ok {
			f.people.act(ref, heat.Action(a.Text))
		}
	})
	doResource = deed("hand: resource vanishes", func(w *world, f *fleet, a Act) {
		s, ref, ok := f.first(a.Cluster)
		if !ok || len(s.Resources) == 0 || !f.cloud.sim.Vanish(s.Resources[a.N%len(s.Resources)].Physical) {
			return
		}
		w.count("hand: a resource vanished")
		w.after(a.For/10, func() { _ = f.people.client().Act(context.Background(), ref, heat.Check) })
	})
	doForeign = deed("hand: foreign stack", func(_ *world, f *fleet, a Act) { f.people.foreign(f.stackName(a.Cluster)) })
	doSecond  = deed("hand: second stack", func(_ *world, f *fleet, a Act) { f.people.second(a.Cluster) })

	doFaults = deed("faults", func(w *world, f *fleet, a Act) {
		x := &window{fleet: f, until: w.now.Add(a.For), kind: a.Text, chance: a.Chance, rand: rand.New(rand.NewPCG(w.scenario.Seed, uint64(a.At)))}
		x.of = pick(a.N, "", "read", "list", "write", "create", "update", "delete", "token")
		w.windows = append(w.windows, x)
	})
	doEngine = deed("heat-engine dies", func(_ *world, f *fleet, _ Act) { f.cloud.sim.KillEngine() })
	doBroken = deed("resources fail", func(w *world, f *fleet, a Act) {
		f.cloud.sim.Break(heatsim.ResourceFault{
			Stack: "*" + a.Cluster, Action: pick(a.N, "CREATE", "UPDATE", "DELETE"), Reason: a.Text, Hangs: a.Text == "", Times: pick(a.N, 0, 0, 0, 1, 2),
		})
		w.after(a.For, f.cloud.sim.Mend)
	})
	doBackup  = deed("database saved", func(_ *world, f *fleet, _ Act) { b := f.cloud.sim.Backup(); f.cloud.backup = &b })
	doRestore = deed("database restored", func(w *world, f *fleet, _ Act) {
		if f.cloud.backup != nil {
			f.cloud.sim.Restore(*f.cloud.backup)
			w.restored(f.cloud)
		}
	})
	doPurge = deed("database purged", func(_ *world, f *fleet, _ Act) { f.cloud.sim.Purge(0) })
)

// cancelUpdate has somebody wait for an update until a time, and cancel it.
func (f *fleet) cancelUpdate(w *world, until time.Time) {
	if w.calm {
		return
	}
	for _, s := range f.stacks() {
		if s.State() == "UPDATE_IN_PROGRESS" {
			f.people.act(heat.Ref{Name: s.Name, ID: s.ID}, heat.CancelUpdate)
			w.afterDeed()
			return
		}
	}
	if w.now.Add(5 * time.Second).Before(until) {
		w.after(5*time.Second, func() { f.cancelUpdate(w, until) })
	}
}

// What befalls agents and drivers, and what operators ask.
var (
	doKill = deed("agent killed", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 0)
		p.kill()
		for _, one := range p.agents {
			one.disk.after(lose(a.N % loseWays))
		}
		w.count(pick(a.N%loseWays, "disk: kept", "disk: lost", "disk: half written", "disk: older copy"))
		w.after(a.For, p.start)
	})
	doStop = deed("agent stopped", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 0)
		p.stop()
		w.after(a.For+30*time.Second, p.start)
	})
	doSkew = deed("clock stepped", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 0)
		p.kill()
		by := stepOf(a.N)
		p.skew += by
		if by < 0 {
			w.count("clock stepped back")
		} else {
			w.count("clock stepped forward")
		}
		w.after(a.For, p.start)
	})
	doFull = deed("disk full", func(w *world, f *fleet, a Act) {
		for _, one := range w.processOf(f, 0).agents {
			one.disk.full = true
			w.after(a.For, func() { one.disk.full = false })
		}
	})
	doTwo = deed("second agent", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 1)
		p.start()
		w.after(a.For, p.kill)
	})
	doDriver = deed("driver", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 0)
		name := pick(a.N, w.scenario.drivers()...)
		if !p.up {
			return
		}
		w.count("driver: " + a.Text)
		p.befall(p.programs[name], a)
	})
	doAsk = deed("operator asks", func(w *world, f *fleet, a Act) {
		p := w.processOf(f, 0)
		ask := reconcile.Ask(a.Text)
		if p.up {
			p.ask(f, ask)
		}
		if ask == reconcile.Pause {
			w.after(a.For, func() { w.processOf(f, 0).ask(f, reconcile.Resume) })
		}
	})
)

// stepOf is by how much a choice steps a clock: by a minute to ninety hours, half of
// them back.
func stepOf(n int) time.Duration {
	by := time.Duration(1+n/2%10) * pick(n/20, time.Minute, 13*time.Minute, time.Hour, 9*time.Hour)
	if n%2 == 0 {
		return -by
	}
	return by
}

// befall does to a driver what an act says.
func (p *process) befall(g *program, a Act) {
	life := g.life
	later := func(undo func()) {
		p.w.after(a.For, p.inLife(func() {
			if g.life == life {
				undo()
			}
		}))
	}
	switch a.Text {
	case "killed":
		p.crash(g)
	case "hung":
		g.hung = true
		later(func() { p.crash(g) })
	case "slow":
		g.slow = time.Second * time.Duration(1+a.N%20)
		later(func() { g.slow = 0 })
	case "lies":
		g.lie = lie(1 + a.N%(lies-1))
		later(func() { // its author mends it: pure calls are not asked twice of the same program
			g.lie, g.mended = honest, g.mended+1
			p.crash(g)
		})
	case "replaced":
		p.versions[g.name] = "2.0.0"
		g.load("2.0.0")
		p.crash(g)
	}
}

// ask brings a person's request to the agent of a fleet, as the command line does:
// it is on disk when it returns.
func (p *process) ask(f *fleet, what reconcile.Ask) {
	for _, one := range p.agents {
		if one.fleet == f && p.up {
			one.post(carry.Answer(func(at reconcile.At) reconcile.Event { return reconcile.Asked{At: at, Ask: what} }))
			h := one.engine.Hints()
			h.Clean = false
			one.disk.write(h)
		}
	}
}

// processOf gives the process that keeps a fleet, or the second one, which is a
// mistake.
func (w *world) processOf(f *fleet, n int) *process {
	var found []*process
	for _, p := range w.processes {
		if slices.ContainsFunc(p.agents, func(a *agent) bool { return a.fleet == f }) {
			found = append(found, p)
		}
	}
	if n < len(found) {
		return found[n]
	}
	return w.newProcess("mistake", f.cloud, f)
}
