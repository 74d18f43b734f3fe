package reconcile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// guards are the sets over the whole fleet that policies count. They are kept
// up by membership, cluster by cluster, before any round of an event: no cluster
// moves before all that the event changed has been counted.
type guards struct {
	asked    map[string]bool   // asked away, and a stack still exists
	missing  map[string]bool   // to be made for the first time
	vanished map[string]bool   // had a stack, which is gone, and is still wanted
	rolling  map[string]bool   // being changed
	waiting  map[string]bool   // held by the rollout
	working  map[string]string // cluster to the stack Heat works on
	outcomes map[Outcome]map[string]bool

	approved map[string]bool // clusters that a person lets be made
	holding  map[Code]bool   // guards that were reported as holding
}

func newGuards() guards {
	g := guards{
		asked: map[string]bool{}, missing: map[string]bool{}, vanished: map[string]bool{}, rolling: map[string]bool{},
		waiting: map[string]bool{}, working: map[string]string{}, outcomes: map[Outcome]map[string]bool{},
		approved: map[string]bool{}, holding: map[Code]bool{},
	}
	for _, o := range Outcomes {
		g.outcomes[o] = map[string]bool{}
	}
	return g
}

// quiet tells whether every cluster is settled or held.
func (g *guards) quiet() bool {
	return len(g.working) == 0 && len(g.outcomes[Waiting]) == 0 && len(g.outcomes[Retrying]) == 0
}

func set(m map[string]bool, name string, in bool) {
	if in {
		m[name] = true
	} else {
		delete(m, name)
	}
}

// count puts one cluster into the sets it belongs to.
func (g *guards) count(c *cluster, d demand, o owned) {
	none := o.kind == ownNone
	present := d.kind == demandPresent && d.resolved.Cluster.Adopt == nil
	going := c.Run != nil && c.Run.Kind == plan.StepDelete || c.Open != nil && c.Open.Step != nil && c.Open.Step.Kind == plan.StepDelete
	// A list that lost a row must not make room, nor a document that changed while its stack goes.
	set(g.asked, c.Name, d.kind == demandAbsent && (o.exists() || !c.Sure || c.expecting()) || going && o.exists())
	set(g.missing, c.Name, present && none && c.Known == "" && !g.approved[c.Name])
	made := c.Run != nil && c.Run.Kind == plan.StepCreate && !c.Run.Seen // Heat has taken it and may not show it yet
	set(g.vanished, c.Name, present && none && c.Known != "" && !made && !g.approved[c.Name])
	if !none || !present {
		delete(g.approved, c.Name)
	}
	// What Heat does to a stack that is not ours to free, or that is left as it is, may hang for ever.
	ours := (d.kind == demandPresent || d.kind == demandAbsent) && c.Said.Outcome != Held && c.Said.Outcome != Stalled
	updating := ours && o.kind == ownOne && o.row.Status == (live.Status{Action: live.Update, State: live.InProgress})
	begun := c.Run != nil && c.Run.Kind == plan.StepUpdate && (ours || !c.Run.Hangs) || c.Open != nil && c.Open.Run != nil && c.Open.Run.Kind == plan.StepUpdate
	set(g.rolling, c.Name, updating || begun || c.emptying(d))
	delete(g.working, c.Name)
	if (o.kind == ownOne || o.kind == ownUntagged) && (o.row.Status.Working() || o.row.Status.Action == live.Delete && o.row.Status.State == live.Complete) {
		g.working[c.Name] = o.row.ID
	}
}

func (g *guards) drop(name string) {
	for _, m := range []map[string]bool{g.asked, g.missing, g.vanished, g.rolling, g.waiting, g.approved} {
		delete(m, name)
	}
	delete(g.working, name)
	for _, m := range g.outcomes {
		delete(m, name)
	}
}

// settle counts every touched cluster and lets go, or holds, those whose guard
// has changed its mind.
func (e *Engine) settle() {
	for _, name := range slices.Sorted(maps.Keys(e.touched)) {
		d, o := e.demanded(name), e.owner(name)
		c := e.clusters[name]
		if c == nil {
			if d.kind == demandNone && o.kind != ownOne && o.kind != ownDouble {
				delete(e.touched, name)
				continue
			}
			c = &cluster{Name: name}
			e.clusters[name] = c
			e.tour.add(name)
			e.hint(c)
		}
		if d.kind == demandNone && (o.kind == ownNone || o.kind == ownForeign || o.kind == ownUntagged) && !c.expecting() && !c.changing(o) {
			e.gone(c)
			continue
		}
		if o.kind == ownOne {
			c.Known = o.row.ID
		}
		if o.exists() {
			c.Sure = false
		}
		e.guards.count(c, d, o)
	}
	e.freeRollout()
	e.turnGuards()
}

// turnGuards touches all whom a guard lets go, or holds, since it was last told.
func (e *Engine) turnGuards() {
	if e.holds(HeldMaxDeletes) != e.guards.holding[HeldMaxDeletes] {
		e.touchThose(e.guards.asked)
	}
	if e.holds(HeldMaxCreates) != e.guards.holding[HeldMaxCreates] {
		e.touchThose(e.guards.missing)
		e.touchThose(e.guards.vanished)
	}
	e.reportGuards()
}

func (e *Engine) touchThose(names map[string]bool) {
	for name := range names {
		e.touch(name)
	}
}

// hint takes up what an earlier run of the agent knew of a cluster.
func (e *Engine) hint(c *cluster) {
	h, ok := e.hints[c.Name]
	if !ok {
		return
	}
	c.Known = h.StackID
	c.Settled = settledAs{StackID: h.StackID, Digest: h.Digest, Updated: h.Updated, SpecHash: h.SpecHash, Driver: h.Driver}
	c.SettledRevision = h.Revision
	c.Facts = plan.Facts{Known: h.Facts.APIAddress != "" || h.Facts.NodesLive > 0, APIAddress: h.Facts.APIAddress, NodesLive: h.Facts.NodesLive}
}

// gone forgets a cluster that neither Git nor the cloud knows.
func (e *Engine) gone(c *cluster) {
	e.guards.drop(c.Name)
	if c.Open != nil {
		delete(e.opens, c.Open.ID)
	}
	e.tour.remove(c.Name)
	delete(e.clusters, c.Name)
	delete(e.touched, c.Name)
	delete(e.hints, c.Name)
	e.find(Finding{Kind: FoundGone, Cluster: c.Name, Message: "no document and no stack"})
}

// holds tells whether a guard over the whole fleet holds.
func (e *Engine) holds(guard Code) bool {
	fleet, _ := e.fleet()
	g := &e.guards
	switch guard {
	case HeldMaxDeletes:
		return !plan.Deletions(len(g.asked), fleet.MaxDeletes)
	case HeldMaxCreates:
		return e.moved || !plan.Creations(len(g.missing), e.settings.MaxCreates) || !plan.Vanished(len(g.vanished), len(g.outcomes[Settled]))
	}
	return false
}

// freeRollout touches as many of those that wait for their turn as may go.
func (e *Engine) freeRollout() {
	fleet, _ := e.fleet()
	free := fleet.Rollout.MaxConcurrent - len(e.guards.rolling)
	if free <= 0 || len(e.guards.waiting) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(e.guards.waiting)) {
		if free--; free < 0 {
			return
		}
		e.touch(name)
	}
}

func (e *Engine) reportGuards() {
	for _, code := range []Code{HeldMaxDeletes, HeldMaxCreates} {
		holds := e.holds(code)
		if holds == e.guards.holding[code] {
			continue
		}
		e.guards.holding[code] = holds
		message := "the guard lets go"
		if holds {
			message = e.guardMessage(code)
		}
		e.find(Finding{Kind: FoundGuard, Code: code, Message: message, Revision: e.source.revision})
	}
}

// guardMessage says what a guard counts and what ends it.
func (e *Engine) guardMessage(code Code) string {
	fleet, _ := e.fleet()
	g := &e.guards
	switch {
	case code == HeldMaxDeletes:
		return fmt.Sprintf("%d clusters are asked away and maxDeletes is %d: none is deleted", len(g.asked), fleet.MaxDeletes)
	case e.moved:
		return "the fleet's cloud project is another than before: no stack is made in it unasked"
	case !plan.Creations(len(g.missing), e.settings.MaxCreates):
		return fmt.Sprintf("%d stacks would be made for the first time and maxCreates is %d: none is made", len(g.missing), e.settings.MaxCreates)
	}
	return fmt.Sprintf("%d stacks have vanished at once: none is made again unasked", len(g.vanished))
}
