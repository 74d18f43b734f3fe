package simulation

import (
	"maps"
	"net/http"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// witness is what the checks of steps and answers remember of one life of an
// agent.
type witness struct {
	begun    time.Time
	told     string // revision that was told last, when the checks look at the next
	clean    bool   // it was told of a clean stop
	paused   bool
	approved bool                         // a person approved something
	open     map[uint64]string            // commands of clusters that wait for their answers
	rendered string                       // cluster whose render came last
	steps    map[uint64]*deedOf           // steps that were begun
	made     map[string]bool              // clusters of which a create was begun
	last     map[string]*deedOf           // cluster to the step that was accepted last
	plans    map[uint64]string            // open asks for a plan: clusters
	plan     map[string]reconcile.Planned // cluster to the plan that came last
	doubt    map[string]time.Time         // cluster to the end of the last create whose fate is not known
	lists    map[reconcile.Lane]listOf
	whole    listOf            // the last inventory that was whole
	looks    map[uint64]listOf // looks under way, by id
	edited   time.Time         // when a list was shown with other rows than Heat's
}

// deedOf is one step and what came of its requests.
type deedOf struct {
	do       reconcile.Do
	requests int
	first    time.Time // when the first of them was sent
	read     time.Time // when the last of its reads was answered
	writes   int
	took     bool // its last write was answered with success
	unclear  bool // a write may have been taken, for all its answer told
	accepted time.Time
	ended    bool // the engine said how it ended
}

// listOf is one list that was asked for last.
type listOf struct {
	asked   time.Time
	there   map[string]bool // ids that the cloud had then
	stack   string          // id that was looked for
	notTill time.Time       // a server asked to wait until then
}

func newWitness() witness {
	return witness{
		open: map[uint64]string{}, made: map[string]bool{}, steps: map[uint64]*deedOf{}, last: map[string]*deedOf{}, plans: map[uint64]string{}, plan: map[string]reconcile.Planned{},
		doubt: map[string]time.Time{}, lists: map[reconcile.Lane]listOf{}, looks: map[uint64]listOf{},
	}
}

// shortestToken is how long every step's token lives at least: Keystone's live
// five minutes, and half a minute of that may be gone.
const shortestToken = 4 * time.Minute

// sees keeps what a step's request met.
func (p *parcel) sees(resp *http.Response, err error) {
	w := p.wire.w
	if p.effect.page != nil || p.effect.Answer == heatsim.AnswerRepeated {
		p.r.of.oracle.witness.edited = w.now
	}
	if p.r.step == nil || p.identity() {
		return
	}
	d := p.r.of.oracle.witness.steps[p.r.step.do.ID]
	if d == nil {
		return // it ended without waiting for this answer
	}
	if d.requests++; d.requests == 1 {
		d.first = p.sent
	}
	if err == nil && resp.StatusCode == http.StatusUnauthorized && p.effect.Answer == heatsim.AnswerWhole && w.now.Sub(d.first) < shortestToken {
		w.fail("token", "%s %s: Heat refused the token of a step %v after its first request was sent", p.method, p.path, w.now.Sub(d.first))
	}
	if !p.writes() {
		if p.effect.Answer != heatsim.AnswerRepeated { // by a proxy: it shows what was
			d.read = w.now
		}
		return
	}
	d.writes++
	d.took = err == nil && (resp.StatusCode < 300 || resp.StatusCode == http.StatusNotFound && p.is("delete") && p.effect.Answer == heatsim.AnswerWhole)
	d.unclear = d.unclear || !p.effect.Skip && (err != nil || resp.StatusCode >= 500 || p.effect.CommitAfter > 0 && p.effect.Engine != heatsim.EngineTagsLate && !d.took)
}

// present are the ids of the stacks that the cloud has of a fleet's project.
func (f *fleet) present() map[string]bool {
	out := map[string]bool{}
	for _, s := range f.stacks() {
		if isPresent(s) {
			out[s.ID] = true
		}
	}
	return out
}

func isPresent(s heatsim.Stack) bool {
	return s.DeletionTime.IsZero() && s.State() != "DELETE_COMPLETE"
}

// knows tells whether an agent can know of a cluster's stack: one that came back with
// an older database, or that a second agent made, is news until an inventory shows it.
func (a *agent) knows(s heatsim.Stack, cluster string) bool {
	o := &a.oracle.witness
	switch back := a.fleet.cloud.restored; {
	case o.whole.there[s.ID]:
		return true
	case back.After(o.whole.asked) && s.Created.Before(back):
		return false
	case len(a.w.agentsOf(a.fleet)) > 1 && !o.made[cluster]:
		return false
	}
	return s.Created.After(o.whole.asked)
}

func set(m map[string]bool, id string, in bool) {
	if m != nil && in {
		m[id] = true
	} else {
		delete(m, id)
	}
}

// named are those of them that have a name.
func (f *fleet) named(name string) map[string]bool {
	out := map[string]bool{}
	for _, s := range f.stacks() {
		if s.Name == name && isPresent(s) {
			out[s.ID] = true
		}
	}
	return out
}

// hears takes notice of an event, before what it led to is looked at.
func hears(w *world, a *agent, ev reconcile.Event, out reconcile.Output) string {
	o := &a.oracle.witness
	switch ev := ev.(type) {
	case reconcile.Started:
		o.begun = w.now
		o.clean, o.paused = ev.Hints != nil && ev.Hints.Clean, ev.Hints != nil && ev.Hints.Paused
	case reconcile.Asked:
		o.paused = ev.Ask == reconcile.Pause || o.paused && ev.Ask != reconcile.Resume
		o.approved = o.approved || ev.Ask == reconcile.Approve
		if ev.Ask == reconcile.Resync {
			for lane, l := range o.lists {
				l.notTill = time.Time{}
				o.lists[lane] = l
			}
		}
	case reconcile.Planned:
		o.plan[o.plans[ev.ID]] = ev
		delete(o.plans, ev.ID)
		delete(o.open, ev.ID)
	case reconcile.Listed:
		l := o.lists[ev.Lane]
		if ev.Fault != nil {
			l.notTill = w.now.Add(time.Duration(ev.Fault.RetryAfter) * time.Second)
		}
		o.lists[ev.Lane] = l
		if ev.Lane == reconcile.LaneInventory && ev.Complete {
			o.whole = l
		}
		for _, r := range ev.Rows {
			a.fleet.everHad(r.Marks().Cluster)
		}
	case reconcile.Looked:
		if ev.Fault == nil {
			delete(o.whole.there, o.looks[ev.ID].stack)
		}
		for _, r := range ev.Rows {
			a.fleet.everHad(r.Marks().Cluster)
			set(o.whole.there, r.ID, r.Deleted.IsZero())
		}
		delete(o.open, ev.ID)
		delete(o.looks, ev.ID)
	case reconcile.PartsRead:
		delete(o.open, ev.ID)
	case reconcile.Rendered:
		o.rendered = o.open[ev.ID]
		delete(o.open, ev.ID)
	case reconcile.HealthRead:
		delete(o.open, ev.ID)
	case reconcile.SecretsRead:
		delete(o.open, ev.ID)
	case reconcile.SecretsDone:
		delete(o.open, ev.ID)
	case reconcile.StepEnded:
		o.stepEnded(w, a, ev)
		delete(o.open, ev.ID)
	}
	for _, f := range out.Findings {
		if d := o.last[f.Cluster]; d != nil && f.Kind == reconcile.FoundStepEnded && f.Verdict == "" {
			d.ended = true
		}
	}
	return ""
}

// asks takes notice of what the engine asks for, once it has been looked at.
func asks(w *world, a *agent, _ reconcile.Event, out reconcile.Output) string {
	for _, c := range out.Commands {
		a.oracle.witness.asked(w, a, c)
	}
	return ""
}

func (o *witness) stepEnded(w *world, a *agent, ev reconcile.StepEnded) {
	d := o.steps[ev.ID]
	if d == nil {
		return
	}
	delete(o.steps, ev.ID)
	switch {
	case ev.Verdict == reconcile.Accepted:
		d.accepted = w.now
		o.last[d.do.Cluster] = d
		a.fleet.everHad(d.do.Cluster)
	case ev.Verdict == reconcile.Ambiguous && d.do.Step.Kind == plan.StepCreate:
		o.doubt[d.do.Cluster] = w.now
	}
}

func (o *witness) asked(w *world, a *agent, c reconcile.Command) {
	switch c := c.(type) {
	case reconcile.AskPlan:
		o.plans[c.ID] = c.Cluster
	case reconcile.Do:
		o.steps[c.ID] = &deedOf{do: c}
		set(o.made, c.Cluster, o.made[c.Cluster] || c.Step.Kind == plan.StepCreate)
	case reconcile.Look:
		there := map[string]bool{}
		for _, name := range c.Names {
			maps.Copy(there, a.fleet.named(name))
		}
		o.looks[c.ID] = listOf{asked: w.now, there: there, stack: c.StackID}
	case reconcile.List:
		o.lists[c.Lane] = listOf{asked: w.now, there: a.fleet.present()}
	}
	if id := idOfCommand(c); id != 0 {
		o.open[id] = clusterOf(c)
	}
}

// idOfCommand is the id of a command about a cluster, 0 for any other.
func idOfCommand(c reconcile.Command) uint64 {
	switch c := c.(type) {
	case reconcile.AskPlan:
		return c.ID
	case reconcile.Do:
		return c.ID
	case reconcile.Look:
		return c.ID
	case reconcile.ReadParts:
		return c.ID
	case reconcile.AskRender:
		return c.ID
	case reconcile.ReadHealth:
		return c.ID
	case reconcile.ReadSecrets:
		return c.ID
	case reconcile.MakeSecrets:
		return c.ID
	case reconcile.DropSecrets:
		return c.ID
	}
	return 0
}

func (o *witness) waits(cluster string) bool {
	for _, name := range o.open {
		if name == cluster {
			return true
		}
	}
	return false
}

func (f *fleet) everHad(cluster string) {
	if cluster != "" {
		f.ever[cluster] = true
	}
}
