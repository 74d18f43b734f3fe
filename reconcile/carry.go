package reconcile

import (
	"fmt"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// unadopted is the digest tag of a stack that was just adopted: it equals no
// render, so the next round compares what the stack holds.
const unadopted = "0-00000000000000000000000000000000"

// carry takes a plan's first step, unless policy or pace stands in the way.
func (e *Engine) carry(s *subject, q question, p plan.Plan) verdict {
	c := s.c
	if d, bad := plan.FirstError(p.Diagnostics); bad {
		return e.refusal(s, d)
	}
	if p.Empty() {
		return stalled(FaultDriver, Operator, fmt.Sprintf("driver %q plans nothing, though the stack is not as it was rendered", s.driver.Driver.Name), "report it to the driver's author")
	}
	p.Steps = e.afterDrains(s, q, p.Steps)
	if step := p.Steps[0]; !q.admits(step.Kind) {
		return stalled(FaultDriver, Operator, fmt.Sprintf("driver %q plans a step (%s) that is none for a cluster that is to be %s", s.driver.Driver.Name, step.Kind, q.intent), "report it to the driver's author")
	}
	e.facts(c, p.Facts)
	if q.intent != plan.Absent && s.unmade() {
		if _, stop := e.policy(s, q, p); !stop {
			return e.makeSecrets(s) // and plan again with what was made
		}
	}
	e.tell(s, q, p)
	if v, stop := e.policy(s, q, p); stop {
		return v
	}
	return e.do(s, q, p.Steps[0])
}

// Wants tells whether a step that was asked for and not begun yet is still to be
// done: who carries it out asks right before, so that a pause, a guard or a newer
// revision stops what waits for its turn. A step that is not wanted any more is
// answered Stale.
func (e *Engine) Wants(d Do) bool {
	c := e.clusters[d.Cluster]
	if c == nil || c.Open == nil || c.Open.ID != d.ID || e.demanded(d.Cluster).key() != c.Open.Key {
		return false
	}
	fleet, fault := e.fleet()
	o := e.owner(d.Cluster)
	switch {
	case fault != nil, e.paused, e.settings.ReadOnly:
		return false
	case o.kind == ownDouble, d.Step.Kind == plan.StepCreate && o.exists():
		return false // a stack has come to light since
	case deletes(d.Intent, d.Step.Kind):
		return plan.Deletions(len(e.guards.asked), fleet.MaxDeletes)
	case d.Step.Kind == plan.StepCreate:
		return !e.creationsHeld(c)
	}
	return true
}

// admits tells whether a step is one that the question can be answered with. A
// driver never deletes what was not asked away, nor makes what is there.
func (q question) admits(k plan.StepKind) bool {
	switch {
	case q.intent == plan.Absent:
		return k == plan.StepDelete || k == plan.StepDrain || k == plan.StepUpdate
	case q.intent == plan.Adopt:
		return k == plan.StepAdopt
	case q.row == nil:
		return k == plan.StepCreate
	}
	return k == plan.StepUpdate || k == plan.StepDrain
}

// tell reports a plan, and the drift it found, once.
func (e *Engine) tell(s *subject, q question, p plan.Plan) {
	c := s.c
	c.PlannedRevision = e.source.revision
	c.Drift = nil
	for _, ch := range p.Changes {
		if ch.Drift {
			c.Drift = append(c.Drift, ch)
		}
	}
	if c.Plan.Told {
		return
	}
	c.Plan.Told = true
	if len(c.Drift) > 0 {
		e.find(Finding{Kind: FoundDrift, Cluster: c.Name, Message: "somebody else changed the stack", Changes: c.Drift, Revision: e.source.revision})
	}
	step := p.Steps[0]
	message := ""
	if by := e.driverChange(s, q); by != "" {
		message = "cause: " + by
	}
	e.find(Finding{Kind: FoundPlan, Cluster: c.Name, Step: &step, Changes: p.Changes, Message: message, Revision: e.source.revision})
}

// policy is the pass over a plan before its first step: what forbids it now.
func (e *Engine) policy(s *subject, q question, p plan.Plan) (verdict, bool) {
	c, step := s.c, p.Steps[0]
	fleet, fault := e.fleet()
	switch {
	case fault != nil:
		return held(HeldUnreadable, fault.Who, fault.Summary, fault.Remedy), true
	case e.paused:
		return held(HeldPaused, Operator, "the fleet is paused: "+step.Title, "heatsync resume "+e.settings.Fleet), true
	case deletes(q.intent, step.Kind) && !plan.Deletions(len(e.guards.asked), fleet.MaxDeletes):
		return held(HeldMaxDeletes, Author, e.guardMessage(HeldMaxDeletes), "ask fewer clusters away at once, or raise maxDeletes in the Fleet document"), true
	case step.Kind == plan.StepCreate && e.creationsHeld(c):
		return held(HeldMaxCreates, Operator, e.guardMessage(HeldMaxCreates), "heatsync approve "+e.settings.Fleet), true
	case fleet.Drift == spec.Report && onlyDrift(q, p):
		return held(HeldDrift, Author, "the stack has drifted and the fleet only reports drift", "put it right by hand, or set drift: correct"), true
	}
	if v, stop := e.disturbance(s, q, p); stop {
		return v, true
	}
	switch {
	case e.settings.ReadOnly:
		return waiting(WaitReadOnly, "this agent does not write: "+step.Title), true
	case (step.Kind == plan.StepUpdate || step.Kind == plan.StepDrain && q.intent == plan.Present) && !q.recover && !e.guards.rolling[c.Name] && len(e.guards.rolling) >= max(1, fleet.Rollout.MaxConcurrent):
		e.guards.waiting[c.Name] = true
		return held(HeldRollout, Nobody, fmt.Sprintf("%d clusters are being changed, as many as rollout.maxConcurrent allows", len(e.guards.rolling)), ""), true
	case c.Retry.blocked(e.now):
		return e.pacing(c), true
	case step.Kind == plan.StepUpdate && q.intent == plan.Present:
		return e.contested(c)
	}
	return verdict{}, false
}

func (e *Engine) creationsHeld(c *cluster) bool {
	if e.guards.approved[c.Name] {
		return false
	}
	return e.holds(HeldMaxCreates)
}

// onlyDrift tells whether Git asks for nothing new: the plan would only put back
// what somebody changed.
func onlyDrift(q question, p plan.Plan) bool {
	if q.deep {
		return true
	}
	for _, c := range p.Changes {
		if !c.Drift {
			return false
		}
	}
	return len(p.Changes) > 0
}

// disturbance holds what would disturb running nodes though nobody asked for it
// in Git: another build of the driver, and the correction of drift.
func (e *Engine) disturbance(s *subject, q question, p plan.Plan) (verdict, bool) {
	c := s.c
	if q.intent != plan.Present || q.row == nil || c.Approved != "" && c.Approved == c.Plan.Key {
		return verdict{}, false
	}
	remedy := "review the plan, then heatsync approve " + e.settings.Fleet + "; or ask for the change in Git"
	if by := e.driverChange(s, q); by != "" && p.Disruption().Disturbs() {
		return held(HeldDriverChange, Operator, fmt.Sprintf("%s would %s what runs", by, p.Disruption()), remedy), true
	}
	if p.Drifted() && onlyDrift(q, p) && p.Disruption().Replaces() {
		return held(HeldReplacement, Operator, "putting the drift right would replace what runs", remedy), true
	}
	return verdict{}, false
}

// driverChange says which build of the driver changed the render of a cluster
// whose document did not change, "" if none did.
func (e *Engine) driverChange(s *subject, q question) string {
	was, now := s.c.Settled, s.driver.Driver.build()
	if q.row == nil || was.SpecHash != s.demand.resolved.Hash || was.Driver == "" || sameBuild(was.Driver, now) || was.Digest == s.c.Render.Digest {
		return ""
	}
	return "driver " + was.Driver + " -> " + now
}

// do sends one step.
func (e *Engine) do(s *subject, q question, step plan.Step) verdict {
	c := s.c
	cmd := Do{
		Cluster: c.Name, Driver: s.driver.Driver.Name, Intent: q.intent, Step: step, Spec: s.want,
		StackName: e.stackName(c.Name), Digest: c.Render.Digest, Precondition: Precondition{Absent: true},
		Secrets: q.secrets(s), APIAddress: c.Facts.APIAddress,
	}
	if q.intent == plan.Absent {
		cmd.Digest = ""
	}
	r := &run{
		Kind: step.Kind, Title: step.Title, Digest: cmd.Digest, Disruption: step.Disruption, Began: e.now,
		Revision: e.source.revision, SpecHash: s.demand.resolved.Hash, Driver: s.driver.Driver.build(),
	}
	if step.Kind == plan.StepAdopt {
		r.Digest = unadopted
	}
	if q.row != nil {
		cmd.StackName, cmd.StackID = q.row.Name, q.row.ID
		cmd.Precondition = Precondition{ID: q.row.ID, Status: q.row.Status, Digest: q.row.Marks().Digest, Updated: q.row.Updated}
		r.StackID, r.Before, r.Was, r.Had = q.row.ID, q.row.Updated, q.row.Status, q.row.Marks().Digest
	}
	cmd.Tags = live.Marks{Marked: true, Fleet: e.settings.Fleet, Cluster: c.Name, Driver: cmd.Driver, Digest: r.Digest}.Tags()
	if q.row != nil {
		cmd.Tags = append(cmd.Tags, live.Others(q.row.Tags)...)
	}
	if q.recover && step.Kind != plan.StepDrain { // which writes nothing to the stack
		c.Working.Recovered++
	}
	v := e.ask(s, open{Kind: openDo, Key: s.demand.key(), Step: &step, Run: r}, func(n uint64) Command {
		cmd.ID = n
		return cmd
	})
	if !v.asked {
		return v
	}
	if c.Drain.Step == step.ID {
		return waiting(r.code(), step.Title) // begun in an earlier round
	}
	e.find(Finding{Kind: FoundStepBegun, Cluster: c.Name, Step: &step, Revision: e.source.revision})
	return waiting(r.code(), step.Title)
}
