package simulation

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/reconcile"
)

// identity asks which project this is; an agent that gets no answer goes on.
func (a *agent) identity() string {
	id, err := a.project.Identity(context.Background())
	if err != nil {
		return ""
	}
	return id
}

// carryOut begins one command, as the agent does.
func (a *agent) carryOut(c reconcile.Command) {
	switch c := c.(type) {
	case reconcile.WakeAt:
		a.wake(c.Time)
	case reconcile.ReadSource:
		a.do(a.carrier.ReadSource(), func() {})
	case reconcile.List:
		a.do(a.carrier.List(c), func() {})
	case reconcile.Look:
		a.within(a.reads, a.carrier.Look(c))
	case reconcile.ReadParts:
		a.within(a.reads, a.carrier.ReadParts(c))
	case reconcile.AskRender:
		a.within(a.slotsOf("pure "+c.Driver), a.carrier.Render(c))
	case reconcile.AskPlan:
		a.within(a.slotsOf("pure "+c.Driver), a.carrier.Plan(c))
	case reconcile.ReadHealth:
		a.within(a.slotsOf("health "+c.Driver), a.carrier.Health(c))
	case reconcile.ReadSecrets:
		a.within(a.slotsOf("secrets"), a.carrier.ReadSecrets(c))
	case reconcile.MakeSecrets:
		a.within(a.slotsOf("secrets"), a.carrier.MakeSecrets(c))
	case reconcile.DropSecrets:
		a.within(a.slotsOf("secrets"), a.carrier.DropSecrets(c))
	case reconcile.Do:
		a.step(c)
	}
}

func (a *agent) wake(at time.Time) {
	a.wakeAt = at
	a.w.after(max(at.Sub(a.time()), 0), a.p.inLife(func() {
		if a.wakeAt.Equal(at) {
			a.handle(func(at reconcile.At) reconcile.Event { return reconcile.Moment{At: at} })
		}
	}))
}

func (a *agent) slotsOf(key string) *slots {
	if a.slots[key] == nil {
		a.slots[key] = &slots{free: a.w.scenario.Concurrency}
	}
	return a.slots[key]
}

// within carries a job out when one of the slots is free.
func (a *agent) within(s *slots, job carry.Job) {
	s.run(func() { a.do(job, s.done) })
}

// do carries a job out now; its answers are handed over when it ends.
func (a *agent) do(job carry.Job, done func()) {
	var answers []carry.Answer
	a.call(func() { answers = job(context.Background()) }, func() {
		done()
		for _, answer := range answers {
			a.handle(answer)
		}
	})
}

// call runs f as a routine of this life of the process.
func (a *agent) call(f, then func()) {
	var r *routine
	r = a.w.begin(a, f, func() {
		delete(a.p.routines, r)
		then()
	})
	if !r.dead {
		a.p.routines[r] = true
	}
}

// step carries one step out, if it is still wanted when its turn comes.
func (a *agent) step(c reconcile.Do) {
	s := a.slotsOf("step " + c.Driver)
	a.doing++
	s.run(func() {
		var ev reconcile.StepEnded
		a.call(func() {
			if ev = carry.NotWanted(c); a.engine.Wants(c) && !a.p.stopping {
				a.begun(c)
				a.w.running.step = &attempt{agent: a, do: c}
				ev = a.carrier.Step(context.Background(), c)
			}
		}, func() {
			s.done()
			a.doing--
			a.doubt = a.doubt || a.p.stopping && ev.Verdict == reconcile.Ambiguous
			a.w.count("step " + string(c.Step.Kind) + ": " + string(ev.Verdict))
			a.handle(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
		})
	})
}

// saveLater writes hints every few seconds.
func (a *agent) saveLater() {
	a.w.after(5*time.Second, a.p.inLife(func() {
		if a.dirty {
			h := a.engine.Hints()
			h.Clean = false
			a.dirty = !a.disk.write(h)
		}
		a.saveLater()
	}))
}

// stop ends a process as TERM does: steps under way are waited for a while, hints
// are left behind.
func (p *process) stop() {
	if !p.up || p.stopping {
		return
	}
	p.stopping = true
	p.w.note(p.name, "is asked to stop")
	ends := p.w.now.Add(20 * time.Second)
	var look func()
	look = func() {
		busy := false
		for _, a := range p.agents {
			busy = busy || a.doing > 0
		}
		if busy && p.w.now.Before(ends) {
			p.w.after(time.Second, p.inLife(look))
			return
		}
		for _, a := range p.agents {
			h := a.engine.Hints()
			h.Clean = h.Clean && a.doing == 0 && !a.doubt
			a.disk.write(h)
		}
		p.kill()
	}
	look()
}

func sortedPrograms(m map[string]*program) []*program {
	var out []*program
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[name])
	}
	return out
}
