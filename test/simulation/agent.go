package simulation

import (
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/reconcile"
)

// process is one running heatsync with its drivers: it has an agent per fleet.
type process struct {
	w        *world
	name     string
	cloud    *cloud
	up       bool
	stopping bool
	life     int
	skew     time.Duration // of its clock, fixed at its start
	versions map[string]string
	programs map[string]*program
	agents   []*agent
	routines map[*routine]bool
}

// agent is one fleet's loop in a process: the engine and what carries its
// commands out.
type agent struct {
	w       *world
	p       *process
	id      string
	fleet   *fleet
	disk    *disk
	engine  *reconcile.Engine
	says    *reconcile.FleetStatus // the engine, since its last event; nil: not asked
	carrier *carry.Carrier
	project *carry.Project
	wakeAt  time.Time
	dirty   bool
	doing   int
	doubt   bool
	inbox   []carry.Answer // events the engine has not heard yet
	reads   *slots
	slots   map[string]*slots

	told   string // revision the engine was told last in this life
	asked  int    // requests
	rounds int    // whole inventories, since the faults ended
	pace   pace
	oracle oracle
}

// firstVersion is the version of every driver at the beginning.
const firstVersion = "1.0.0"

// newProcess makes a process that keeps fleets of one cloud; start sets it going.
func (w *world) newProcess(name string, c *cloud, fleets ...*fleet) *process {
	p := &process{w: w, name: name, cloud: c, versions: map[string]string{}, routines: map[*routine]bool{}}
	for _, f := range fleets {
		p.agents = append(p.agents, &agent{w: w, p: p, id: name + "/" + f.name, fleet: f, disk: &disk{}})
	}
	w.processes = append(w.processes, p)
	return p
}

// start begins a new life.
func (p *process) start() {
	if p.up {
		return
	}
	p.up, p.stopping = true, false
	p.life++
	p.programs = map[string]*program{}
	for _, name := range p.w.scenario.drivers() {
		v := p.versions[name]
		if v == "" {
			v = firstVersion
		}
		g := p.newProgram(name, v)
		p.programs[name] = g
		p.w.after(p.w.latency(time.Second), p.inLife(func() {
			g.up = true
			p.tell(g.described())
		}))
	}
	for _, a := range p.agents {
		a.start()
	}
	p.w.note(p.name, "starts")
}

// inLife gives do for as long as this life of the process lasts.
func (p *process) inLife(do func()) func() {
	life := p.life
	return func() {
		if p.up && p.life == life {
			do()
		}
	}
}

// kill ends a process at once, with all it has under way.
func (p *process) kill() {
	if !p.up {
		return
	}
	p.w.note(p.name, "is killed")
	p.up = false
	for _, g := range p.programs {
		g.up = false
		g.life++
	}
	for _, r := range sortedRoutines(p.routines) {
		p.w.end(r)
	}
	p.routines = map[*routine]bool{}
}

func (a *agent) start() {
	env := map[string]string{
		"OS_AUTH_URL": cloudURL + "/identity/v3", "OS_USERNAME": agentUser, "OS_PASSWORD": "pw", "OS_PROJECT_NAME": a.fleet.project,
		"OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default",
	}
	a.project = carry.NewProject(openstack.CloudOptions{
		Env: func(name string) string { return env[name] }, Now: a.w.time, Unpaced: true, PageSize: a.pageSize(),
		Transport: &wire{w: a.w, to: a.fleet.cloud.heat},
	})
	a.engine, a.says = reconcile.New(), nil
	a.engine.ParseWith(parsed.parse)
	a.carrier = carry.New(a.fleet.name, &checkout{w: a.w, repo: a.fleet.repo, disk: a.disk}, a.project, a.p, nil)
	if a.w.scenario.Nodes {
		a.carrier.KeepSecrets(a.w.vault, a.w.vault, a.time)
		a.carrier.IDsBy(a.w.vault.newID)
	}
	a.reads, a.slots = &slots{free: a.w.scenario.Concurrency}, map[string]*slots{}
	a.wakeAt, a.dirty, a.doing, a.doubt, a.told = time.Time{}, false, 0, false, ""
	a.oracle = newOracle()
	hints := a.disk.take()
	cloud := ""
	a.call(func() { cloud = a.identity() }, func() {
		a.handle(func(at reconcile.At) reconcile.Event {
			return reconcile.Started{At: at, Settings: a.settings(), Cloud: cloud, Hints: hints}
		})
		for _, g := range sortedPrograms(a.p.programs) {
			if g.up {
				a.handle(g.described())
			}
		}
		a.saveLater()
	})
}

// status is what the engine says of its fleet. It is not to be changed.
func (a *agent) status() reconcile.FleetStatus {
	if a.says == nil {
		s := a.engine.Status()
		a.says = &s
	}
	return *a.says
}

func (a *agent) shape() FleetShape {
	for _, s := range a.w.scenario.Fleets {
		if s.Name == a.fleet.name {
			return s
		}
	}
	return FleetShape{}
}

// settings are those of its fleet, with the store that there is.
func (a *agent) settings() reconcile.Settings {
	s := a.shape().settings()
	s.Secrets = a.w.scenario.Nodes
	return s
}

// time is the agent's clock: steady within a life, whatever the host's does.
func (a *agent) time() time.Time { return a.w.now.Add(a.p.skew) }

// post hands an event over, unless the agent is dead or not begun.
func (a *agent) post(event carry.Answer) {
	if a.p.up && a.engine != nil {
		a.handle(event)
	}
}

// handle gives the engine one event and carries out what it answers. What a
// command leads to at once waits until all commands before it are carried out.
func (a *agent) handle(event carry.Answer) {
	a.inbox = append(a.inbox, event)
	if len(a.inbox) > 1 {
		return // its turn comes below
	}
	for ; len(a.inbox) > 0; a.inbox = a.inbox[1:] {
		a.take(a.inbox[0])
	}
}

func (a *agent) take(event carry.Answer) {
	if a.w.broken != nil {
		return
	}
	ev := event(reconcile.At{Time: a.time()})
	a.before(ev)
	a.says = nil
	out := a.engine.Handle(ev)
	a.dirty = true
	a.observe(ev, out)
	if a.p.stopping {
		return
	}
	if job := a.carrier.Keep(out.Findings, func(string, error) { a.w.count("disk: revision not kept") }); job != nil {
		a.do(job, func() {})
	}
	for _, c := range out.Commands {
		a.carryOut(c)
	}
}

// pageSize has an inventory come in a few pages, of another size with each seed.
func (a *agent) pageSize() int { return 2 + len(a.fleet.names)/4 + int(a.w.scenario.Seed%3) }
