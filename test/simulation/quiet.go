package simulation

import (
	"fmt"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/spec"
)

const (
	// restBound is how long after the end of all faults every cluster is at rest:
	// a stack that hangs is recovered after its timeout and a margin, and what
	// stalled is tried again after an hour and a quarter.
	restBound = 8 * time.Hour
	// restRounds is how many whole inventories an agent has by then, at most: each
	// gives every cluster a round.
	restRounds = 120
	restLook   = 5 * time.Minute
	restTime   = 11 * time.Minute // at rest, nothing changes for so long

	// doubleBound is how long after the end of all faults every double is told, that
	// is before anybody acts on it.
	doubleBound = 20 * time.Minute
)

// quiet ends all faults and holds the world against the promises that are kept in
// the end. It gives how long it took until all was at rest.
func (w *world) quiet() time.Duration {
	if w.broken != nil {
		return 0
	}
	w.judgeKnowledge()
	w.endFaults()
	begun := w.now
	for _, a := range w.awake() {
		a.rounds = 0
	}
	var wrong string
	for w.broken == nil && w.now.Sub(begun) < restBound {
		w.until(w.now.Add(restLook))
		if wrong = w.unrest(); wrong == "" {
			settled := w.now.Sub(begun)
			if wrong = w.stays(); wrong == "" {
				w.judgeKnowledge()
				return settled
			}
			w.note("judge", "not at rest yet: "+wrong)
		}
		w.judgeDoubles(begun)
		w.judgeRounds()
		w.operate(begun)
	}
	w.fail("P7", "%v after the last fault: %s", restBound, wrong)
	return 0
}

// endFaults mends everything and leaves a last commit that can be kept.
func (w *world) endFaults() {
	w.note("judge", "the faults are over")
	w.calm = true
	w.windows = nil
	w.site.calm()
	w.vault.calm()
	for _, c := range w.clouds {
		c.sim.Mend()
	}
	for _, f := range w.fleets {
		f.repo.trouble = ""
		f.edit(func(t *tree) {
			clear(t.Broken)
			clear(t.Twice)
			t.NoFleet, t.Deletes = false, 60
			for _, name := range w.scenario.drivers() {
				if t.Template[name] == "" {
					t.Template[name] = "small"
				}
			}
			for name, d := range t.Docs {
				d.Keypair, d.Named = "", true
				t.Docs[name] = d
			}
		})
	}
	for _, p := range w.processes {
		p.recover()
	}
	w.afterDeed()
}

// recover brings a process back to health; a second one that runs by mistake is
// ended.
func (p *process) recover() {
	if p.name == "mistake" {
		p.kill()
		return
	}
	if p.stopping {
		p.kill()
	}
	for _, a := range p.agents {
		a.disk.full = false
	}
	p.start()
	for _, g := range sortedPrograms(p.programs) {
		g.slow = 0
		if g.lie != honest {
			g.lie, g.mended = honest, g.mended+1
			p.crash(g)
		}
		if g.hung {
			p.crash(g)
		}
	}
	p.w.after(time.Minute, p.inLife(func() {
		for _, a := range p.agents {
			p.ask(a.fleet, reconcile.Resume)
		}
	}))
}

// operate is what operators do every half hour: they follow the remedies they
// read, and approve what is held for approval.
func (w *world) operate(begun time.Time) {
	if w.now.Sub(begun)%(30*time.Minute) != 0 {
		return
	}
	for _, c := range w.clouds {
		c.sim.KillEngine() // it is started anew: what hung for ever no longer does
	}
	for _, a := range w.awake() {
		a.fleet.people.followRemedies(a.status().Clusters)
	}
	w.approveAll()
	w.afterDeed()
}

// approveAll lets go what is held for approval.
func (w *world) approveAll() {
	for _, p := range w.processes {
		for _, a := range p.agents {
			p.ask(a.fleet, reconcile.Approve)
		}
	}
}

// unrest says what is not at rest, "" for nothing.
func (w *world) unrest() string {
	for _, a := range w.awake() {
		if wrong := a.unrest(); wrong != "" {
			return a.id + ": " + wrong
		}
	}
	return ""
}

// awake gives the agents of the processes that are up.
func (w *world) awake() []*agent {
	var out []*agent
	for _, p := range w.processes {
		if p.up {
			out = append(out, p.agents...)
		}
	}
	return out
}

// judgeDoubles holds P3's last word, that no double is left untold, before operators
// follow what they are told.
func (w *world) judgeDoubles(begun time.Time) {
	for _, a := range w.awake() {
		a.fleet.countDoubles(w)
		for _, c := range a.status().Clusters {
			since, is := a.fleet.doubles[c.Name]
			if since.Before(begun) {
				since = begun
			}
			told := c.Outcome == reconcile.Stalled && c.Code == reconcile.FaultConflict
			if is && !told && w.now.Sub(since) > doubleBound {
				w.fail("P3 told", "%s: there are two stacks of %s for %v, and it is %s %s (%s)", a.id, c.Name, w.now.Sub(since), c.Outcome, c.Code, c.Message)
			}
		}
	}
}

// judgeRounds holds P7 against the rounds that each agent had since the faults ended.
func (w *world) judgeRounds() {
	for _, a := range w.awake() {
		if a.rounds > restRounds {
			w.fail("P7", "%s: not at rest after %d inventories", a.id, a.rounds)
		}
	}
}

// judgeKnowledge looks for secrets in all that an engine knows, and so in all that it
// can tell: status, plans, hints and recordings.
func (w *world) judgeKnowledge() {
	for _, a := range w.awake() {
		text, err := a.engine.Snapshot()
		if err != nil {
			w.fail(noPanic, "%s: no snapshot: %v", a.id, err)
			return
		}
		if secret := w.secretIn(string(text)); secret != "" {
			w.fail("P10", "%s knows %s", a.id, secret)
		}
	}
}

// stays lets some more time pass and looks whether anything is written, or said
// otherwise than before.
func (w *world) stays() string {
	written, said := w.written, w.said
	w.until(w.now.Add(restTime))
	if w.written != written {
		return fmt.Sprintf("%d requests wrote though all was at rest", w.written-written)
	}
	if w.said != said {
		return fmt.Sprintf("%d outcomes changed though all was at rest", w.said-said)
	}
	return w.unrest()
}

// unrest holds each of a fleet's clusters against its document and the cloud.
func (a *agent) unrest() string {
	status := a.status()
	head := a.fleet.repo.commits[a.fleet.repo.head]
	if status.Revision != head.id {
		return fmt.Sprintf("revision %q is in force, %q is the newest", status.Revision, head.id)
	}
	set := a.fleet.repo.read(head)
	all := a.fleet.grouped()
	said := map[string]reconcile.ClusterStatus{}
	for _, c := range status.Clusters {
		said[c.Name] = c
	}
	for _, name := range a.fleet.names {
		r, ok := set.Cluster(name)
		s := subjectOf{agent: a, name: name, resolved: r, documented: ok, status: said[name], stacks: all[name], readOnly: status.ReadOnly, report: head.tree.Report}
		if wrong := s.unrest(); wrong != "" {
			return fmt.Sprintf("%s (%s %s: %s): %s", name, s.status.Outcome, s.status.Code, s.status.Message, wrong)
		}
	}
	return ""
}

// planAgain asks the driver, with all there is to know, what would be done.
func (s *subjectOf) planAgain() string {
	g := s.agent.p.programs[s.resolved.Cluster.Driver]
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: s.cluster(), Deep: true, Secrets: s.secrets()}
	stack, parts, err := s.read()
	if err != nil {
		return "the stack cannot be read: " + err.Error()
	}
	in.Stack, in.Parts = &stack, parts
	p := g.impl.Plan(in)
	if len(p.Need) > 0 {
		return fmt.Sprintf("the driver still needs %v", p.Need)
	}
	if len(p.Steps) > 0 {
		var titles []string
		for _, step := range p.Steps {
			titles = append(titles, step.Title)
		}
		return "planning again finds: " + strings.Join(titles, ", ")
	}
	return ""
}

// subjectOf is one cluster at the end.
type subjectOf struct {
	agent      *agent
	name       string
	resolved   spec.Resolved
	documented bool
	status     reconcile.ClusterStatus
	stacks     stacks
	readOnly   bool
	report     bool
}
