package simulation

import (
	"fmt"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// A check is one promise, or a part of one, as a function of what happens. It
// answers with what is wrong, or "".
type check struct {
	name string
	says string // the promise in a sentence

	step  func(*world, *agent, reconcile.Do) string // an agent's engine asks for a step, or it is begun
	write func(*world, *attempt) string             // a request that writes reaches the cloud
	cloud func(*world, *fleet) string               // something may have changed in the cloud
	found func(*world, *agent, reconcile.Finding) string
	event func(*world, *agent, reconcile.Event, reconcile.Output) string
}

// attempt is a write on its way: what the engine asked for, and what it meets.
type attempt struct {
	agent  *agent
	do     reconcile.Do
	method string
	path   string
	body   []byte
	sent   time.Time
	target heatsim.Stack
	exists bool
}

// overtaken tells whether the cloud's database became an older one while the write
// was on the wire: nobody can know what its stack is by now.
func (x *attempt) overtaken() bool { return x.sent.Before(x.agent.fleet.cloud.restored) }

// oracle is what the checks remember of one life of an agent.
type oracle struct {
	renders   map[uint64]string // open asks for a render, by id: clusters
	digests   map[string]string // cluster to the digest that was rendered last
	inventory time.Time         // when the last whole inventory that was answered had been asked for
	answered  time.Time         // and when it was answered
	asked     time.Time         // when the one under way was asked for
	writes    map[string][]time.Time
	witness   witness
}

func newOracle() oracle {
	return oracle{renders: map[uint64]string{}, digests: map[string]string{}, writes: map[string][]time.Time{}, witness: newWitness()}
}

// demand is what the revision an agent was told says of a cluster, read without
// the engine.
func (a *agent) demand(cluster string) (spec.Resolved, bool) {
	c := a.fleet.repo.commit(a.told)
	if c == nil {
		return spec.Resolved{}, false
	}
	return a.fleet.repo.read(c).Cluster(cluster)
}

// before takes notice of an event that the engine is about to hear.
func (a *agent) before(ev reconcile.Event) {
	if r, ok := ev.(reconcile.Revision); ok {
		a.told = r.ID
	}
}

// observe holds one event and what it led to against all checks.
func (a *agent) observe(ev reconcile.Event, out reconcile.Output) {
	a.learn(ev, out)
	a.w.logEvent(a, ev, out)
	for _, c := range checks {
		if c.event != nil {
			a.w.judge(c, c.event(a.w, a, ev, out))
		}
		for _, f := range out.Findings {
			if c.found != nil {
				a.w.judge(c, c.found(a.w, a, f))
			}
		}
		for _, cmd := range out.Commands {
			if do, ok := cmd.(reconcile.Do); ok && c.step != nil {
				a.w.judge(c, c.step(a.w, a, do))
			}
		}
	}
}

// begun holds a step against the checks again, when its turn has come.
func (a *agent) begun(do reconcile.Do) {
	for _, c := range checks {
		if c.step != nil {
			a.w.judge(c, c.step(a.w, a, do))
		}
	}
}

func (w *world) judge(c check, wrong string) {
	if wrong != "" {
		w.fail(c.name, "%s", wrong)
	}
}

// learn keeps what the checks and the report need of an event.
func (a *agent) learn(ev reconcile.Event, out reconcile.Output) {
	o := &a.oracle
	switch ev := ev.(type) {
	case reconcile.Rendered:
		if name := o.renders[ev.ID]; ev.Digest != "" {
			o.digests[name] = ev.Digest
		}
		delete(o.renders, ev.ID)
	case reconcile.Listed:
		if ev.Lane == reconcile.LaneInventory && ev.Complete {
			o.inventory, o.answered = o.asked, a.w.now
			a.rounds++
		}
		a.countRows(ev)
	}
	for _, cmd := range out.Commands {
		switch c := cmd.(type) {
		case reconcile.AskRender:
			o.renders[c.ID] = c.Cluster
		case reconcile.List:
			if c.Lane == reconcile.LaneInventory {
				o.asked = a.w.now
			}
		}
	}
	for _, f := range out.Findings {
		a.countFinding(f)
	}
}

// countRows counts the rows of the verdict table that a list shows: the stack's
// status, and whether it carries the digest that is wanted.
func (a *agent) countRows(ev reconcile.Listed) {
	for _, r := range ev.Rows {
		m := r.Marks()
		if m.Fleet != a.fleet.name && (m.Fleet != "" || !strings.HasPrefix(r.Name, a.fleet.name+"--")) {
			continue
		}
		digest := "other"
		switch m.Digest {
		case "":
			digest = "none"
		case a.oracle.digests[m.Cluster]:
			digest = "same"
		}
		a.w.count(fmt.Sprintf("row: %s, digest %s", r.Status, digest))
	}
}

func (a *agent) countFinding(f reconcile.Finding) {
	switch f.Kind {
	case reconcile.FoundOutcome, reconcile.FoundOrphan, reconcile.FoundDuplicate:
		a.w.said++
		a.w.count(fmt.Sprintf("outcome: %s %s", f.Outcome, f.Code))
	case reconcile.FoundGuard:
		a.w.count("guard: " + string(f.Code))
	default:
		a.w.count("finding: " + string(f.Kind))
	}
}

// beforeWrite holds a request that writes against the checks, as it reaches the
// cloud.
func (w *world) beforeWrite(p *parcel) {
	x := p.r.step
	if x == nil {
		w.fail("P1", "%s %s was sent outside of any step", p.method, p.path)
		return
	}
	now := *x
	now.method, now.path, now.body, now.sent = p.method, p.path, p.body, p.sent
	if id := idOf(p.path); id != "" {
		now.target, now.exists = p.cloud.sim.Stack(id)
	}
	x.agent.fleet.countDoubles(w)
	w.note(x.agent.id, "writes "+p.method+" "+p.path)
	x.agent.oracle.writes[x.do.Cluster] = append(x.agent.oracle.writes[x.do.Cluster], w.now)
	for _, c := range checks {
		if c.write != nil {
			w.judge(c, c.write(w, &now))
		}
	}
}

// afterWrite looks at the cloud once a write has arrived.
func (w *world) afterWrite(p *parcel, _ any, _ error) {
	if p.is("create") {
		w.lookAtClouds()
	}
}

// afterDeed looks at the cloud once somebody else has done something.
func (w *world) afterDeed() { w.lookAtClouds() }

func (w *world) lookAtClouds() {
	for _, f := range w.fleets {
		f.countDoubles(w)
		for _, c := range checks {
			if c.cloud != nil {
				w.judge(c, c.cloud(w, f))
			}
		}
	}
}
