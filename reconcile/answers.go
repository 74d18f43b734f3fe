package reconcile

import (
	"fmt"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// answered gives the cluster that waits for the command of that id and kind, and
// ends its wait. An answer nobody waits for changes nothing.
func (e *Engine) answered(id uint64, kind openKind) (*cluster, open, bool) {
	c := e.clusters[e.opens[id]]
	if c == nil || c.Open == nil || c.Open.ID != id || c.Open.Kind != kind {
		return nil, open{}, false
	}
	delete(e.opens, id)
	o := *c.Open
	c.Open = nil
	e.touch(c.Name)
	return c, o, true
}

func (e *Engine) looked(ev Looked) {
	c, o, ok := e.answered(ev.ID, openLook)
	if !ok {
		return
	}
	if ev.Fault != nil {
		e.failed(c, "look", *ev.Fault)
		return
	}
	c.Retry.answered("look")
	c.Confirm, c.Owed = false, false
	shown := map[string]bool{}
	for _, r := range ev.Rows {
		shown[r.ID] = true
		e.learn(r, o.Asked)
	}
	for _, name := range o.Names {
		for id := range e.cloud.byName[strings.ToLower(name)] {
			if !shown[id] {
				e.forget(id, o.Asked)
			}
		}
	}
	if o.Stack != "" && !shown[o.Stack] {
		e.forget(o.Stack, o.Asked)
	}
	c.Sure = !e.owner(c.Name).exists()
}

func (e *Engine) partsRead(ev PartsRead) {
	c, o, ok := e.answered(ev.ID, openParts)
	if !ok {
		return
	}
	if ev.Fault != nil {
		c.Confirm = true
		e.failed(c, "read", *ev.Fault)
		return
	}
	if p := ev.Parts; p.Status != (live.Status{}) && !strings.HasPrefix(o.Key, markOf(p.StackID, p.Status, p.Updated)) {
		e.shownOtherwise(c, o.Key, p)
		return
	}
	c.Retry.answered("read")
	if c.Parts.Row != o.Key {
		c.Parts = partsOf{Row: o.Key}
	}
	c.Parts.Parts, c.Parts.Other = merge(c.Parts.Parts, ev.Parts), false
}

// shownOtherwise drops parts of another state of the stack than the list has, and looks
// again: the stack has moved on since, or a cache between us and Heat shows what it was.
// What nodes there are, say, must not be taken from there. The second time in a row it
// is a fault.
func (e *Engine) shownOtherwise(c *cluster, key string, p live.Parts) {
	c.Confirm = true
	if c.Parts.Row == key && c.Parts.Other {
		e.failed(c, "read", Fault{
			Code: FaultUnavailable, Who: Cloud, Transient: true,
			Summary: fmt.Sprintf("Heat shows the stack as %s of %s, and lists it in another state", p.Status, p.Updated.UTC().Format(time.RFC3339)),
			Remedy:  "look for a cache between the agent and Heat",
		})
	}
	c.Parts = partsOf{Row: key, Other: true}
}

// merge adds the parts read last to those read before, of one state of a stack.
func merge(have, more live.Parts) live.Parts {
	have.StackID = more.StackID
	for _, p := range more.Read {
		have.Read = append(have.Read, p)
		switch p {
		case live.PartShow:
			have.Description, have.Parameters = more.Description, more.Parameters
		case live.PartTemplate:
			have.Template = more.Template
		case live.PartResources:
			have.Resources = more.Resources
		case live.PartOutputs:
			have.Outputs = more.Outputs
		case live.PartNodes:
			have.Nodes = more.Nodes
		}
	}
	return have
}

func (e *Engine) rendered(ev Rendered) {
	c, o, ok := e.answered(ev.ID, openRender)
	if !ok {
		return
	}
	_, bad := plan.FirstError(ev.Diagnostics)
	switch {
	case ev.Fault != nil:
		e.failed(c, "render", *ev.Fault)
	case ev.Digest == "" && !bad:
		e.failed(c, "render", Fault{Code: FaultDriver, Who: Operator, Summary: "the driver gave neither a digest nor an error", Remedy: "report it to the driver's author"})
	default:
		c.Retry.answered("render")
		c.Render = render{Key: o.Key, Digest: ev.Digest, Diagnostics: ev.Diagnostics, Resources: ev.Resources}
	}
}

func (e *Engine) planned(ev Planned) {
	c, o, ok := e.answered(ev.ID, openPlan)
	if !ok || c.Plan.Key != o.Key {
		return
	}
	if ev.Fault != nil {
		c.Plan = plannedFor{}
		e.failed(c, "plan", *ev.Fault)
		return
	}
	c.Retry.answered("plan")
	c.Plan.Need, c.Plan.Plan = ev.Need, ev.Plan
}

func (e *Engine) stepEnded(ev StepEnded) {
	c, o, ok := e.answered(ev.ID, openDo)
	if !ok {
		return
	}
	f := Finding{Kind: FoundStepEnded, Cluster: c.Name, Step: o.Step, Verdict: ev.Verdict, Took: e.now.Sub(o.Asked)}
	if ev.Fault != nil {
		f.Code, f.Who, f.Message, f.Remedy = ev.Fault.Code, ev.Fault.Who, ev.Fault.Summary, ev.Fault.Remedy
	}
	if !ev.Pending {
		e.find(f)
	}
	if ev.Verdict != Accepted {
		c.Secrets = secretsOf{Dropped: c.Secrets.Dropped} // they may be others by now
	}
	if o.Step.Kind == plan.StepCreate {
		c.Sure = false // that there is none
	}
	c.Plan, c.Parts = plannedFor{}, partsOf{}
	fault := Fault{Code: FaultDriver, Who: Operator, Transient: true, Summary: "the driver gave no reason"}
	if ev.Fault != nil {
		fault = *ev.Fault
	}
	if ev.Verdict == Accepted && o.Step.Kind == plan.StepDrain {
		e.drained(c, o, ev)
		return
	}
	switch ev.Verdict {
	case Accepted:
		e.accepted(c, o, ev.StackID)
	case Stale:
		c.Confirm = true
		wanted := !e.paused && o.Key == e.demanded(c.Name).key()
		if c.Retry.Stale++; wanted && c.Retry.Stale > 1 {
			fault.Transient = true
			e.failed(c, o.Step.ID, fault)
		}
	case Refused:
		c.Confirm = true
		e.failed(c, o.Step.ID, fault)
	default:
		e.ambiguous(c, o, fault)
	}
}

// accepted keeps the step until Heat shows it.
func (e *Engine) accepted(c *cluster, o open, stackID string) {
	r := o.Run
	if stackID != "" {
		r.StackID = stackID
	}
	r.Began = e.now
	c.Run, c.Approved, c.Deep.Now, c.Drain = r, "", false, draining{}
	switch r.Kind {
	case plan.StepCreate:
		c.Known = stackID
	case plan.StepUpdate:
		c.Contest.took(o.Key, e.now)
	}
	c.Retry.Stale = 0 // its other counts go on until the cluster settles
}

// ambiguous is a step that may have been taken. An update or a delete can be
// sent again; a second create could make a second stack, so the name is looked
// up only when Heat can no longer take the first.
func (e *Engine) ambiguous(c *cluster, o open, f Fault) {
	f.Transient = true
	if o.Step.Kind == plan.StepCreate {
		c.Doubt = e.now.Add(e.settings.SettleIn)
		if e.settings.SettleIn <= 0 {
			c.Confirm = true
		}
		c.Owed = true
	} else {
		c.Confirm = true
	}
	e.failed(c, o.Step.ID, f)
}

func (e *Engine) healthRead(ev HealthRead) {
	c, _, ok := e.answered(ev.ID, openHealth)
	if !ok {
		return
	}
	was := c.Health
	c.Health = healthOf{Health: ev.Health, Reasons: ev.Reasons, At: e.now, Since: e.now}
	if ev.Fault != nil {
		c.Health.Health, c.Health.Reasons = Unknown, map[string]string{"driver": ev.Fault.Summary}
	}
	if was.Health == c.Health.Health {
		c.Health.Since = was.Since
	}
}

func (e *Engine) described(d Driver) {
	old := e.drivers[d.Name]
	e.drivers[d.Name] = &driverState{Driver: d}
	if old != nil && old.Fault != nil {
		e.find(Finding{Kind: FoundFault, Code: FaultDriver, Message: fmt.Sprintf("driver %q is up again", d.Name)})
	}
	for _, c := range e.clusters {
		if f := c.Retry.Fault; f != nil && f.Code == FaultDriver {
			c.Retry.Next = e.now
		}
	}
	e.touchAll()
}

func (e *Engine) driverLost(name string, f Fault) {
	d := e.drivers[name]
	if d == nil {
		d = &driverState{Driver: Driver{Name: name}}
		e.drivers[name] = d
	}
	if d.Fault == nil || d.Fault.Summary != f.Summary {
		e.find(Finding{Kind: FoundFault, Code: FaultDriver, Who: f.Who, Message: f.Summary, Remedy: f.Remedy})
	}
	d.Fault = &f
	e.touchAll()
}

// asked does what a person asks of the fleet.
func (e *Engine) asked(a Ask) {
	switch a {
	case Pause:
		e.paused = true
	case Resume:
		e.paused = false
	case Approve:
		e.approve()
	case Resync:
		e.resync()
		return
	}
	e.touchAll()
}

// resync looks at source and cloud now, and tries again what was put off. A
// settled cluster has nothing to be tried; what was read brings its round.
func (e *Engine) resync() {
	e.source.next, e.cloud.inventory.Next = e.now, e.now
	for name, c := range e.clusters {
		if c.Said.Outcome != Settled {
			c.Retry.Next = e.now
			e.touch(name)
		}
	}
}

// approve lets go what the creation and replacement guards hold now; what they
// hold later is held again.
func (e *Engine) approve() {
	e.moved = false
	for name, c := range e.clusters {
		if c.Said.Outcome != Held {
			continue
		}
		switch c.Said.Code {
		case HeldMaxCreates:
			e.guards.approved[name] = true
		case HeldReplacement, HeldDriverChange:
			c.Approved = c.Plan.Key
		}
	}
}
