package drivertest

import "github.com/heatsync/heatsync/plugins/driver"

var planCases = []Case{
	{ID: "DRV-PLAN-001", Says: "Plan gives the same bytes 20 times, for a create and for an update, whatever the environment.", run: func(b *bench) {
		in := b.planInput(driver.IntentPresent, false)
		b.same("Plan of a create", func(r *running) (any, error) { return r.client.Plan(b.ctx, in) })
		b.created()
		b.change()
		in = b.planInput(driver.IntentPresent, false)
		if need := b.planOnce(in).Need; len(need) > 0 {
			b.supply(&in, need)
		}
		b.same("Plan of an update", func(r *running) (any, error) { return r.client.Plan(b.ctx, in) })
	}},
	{ID: "DRV-PLAN-002", Says: "A plan carries the render's digest; its steps have an id and a title, and disturb no less than its changes.", run: planWhole},
	{ID: "DRV-PLAN-003", Says: "After a create there is nothing to do, by the row alone and by a deep look.", run: func(b *bench) {
		b.created()
		b.nothingToDo("a create")
	}},
	{ID: "DRV-PLAN-004", Says: "After an update there is nothing to do, by the row alone and by a deep look.", run: func(b *bench) {
		b.created()
		b.change()
		b.accepted(b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false)))
		b.settled()
		b.nothingToDo("an update")
	}},
	{ID: "DRV-PLAN-005", Says: "A cluster that is to be absent is a delete where there is a stack, which a drain may come before, and nothing where there is none, even when only its name is known.", run: func(b *bench) {
		named := driver.Cluster{Fleet: b.cluster.Fleet, Name: b.cluster.Name}
		if p := b.planWith(driver.PlanInput{Intent: driver.IntentAbsent, Cluster: named}); len(p.Steps) != 0 {
			b.fail("without a stack there is to do %+v", p.Steps)
		}
		b.created()
		p := b.planWith(driver.PlanInput{Intent: driver.IntentAbsent, Cluster: named, Stack: b.row()})
		if step, ok := write(p); !ok || step.Kind != driver.StepDelete {
			b.fail("with a stack there is to do %+v, want one delete", p.Steps)
		}
	}},
	{ID: "DRV-PLAN-006", Says: "A parameter that somebody changed is found by a deep plan, as drift, and put right by its step.", run: driftMended},
	{ID: "DRV-PLAN-007", Says: "A complete stack that only lost its tags is repaired.", run: func(b *bench) {
		row := b.created()
		b.meddle(*row, map[string]any{"tags": "somebody"})
		b.accepted(b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false)))
		b.settled()
		b.nothingToDo("the repair of tags")
	}},
	{ID: "DRV-PLAN-008", Says: "A status that proves nothing (CHECK_COMPLETE, ROLLBACK_COMPLETE) and one that failed are answered by the same update again, though the digest is right.", run: unproven},
}

// nothingToDo expects empty plans over the settled stack.
func (b *bench) nothingToDo(after string) {
	for _, deep := range []bool{false, true} {
		p := b.plan(driver.IntentPresent, deep)
		if len(p.Steps) != 0 || len(p.Changes) != 0 {
			b.fail("after %s (deep %v) there is still to do %+v for %+v", after, deep, p.Steps, p.Changes)
		}
	}
}

func planWhole(b *bench) {
	whole := func(p driver.Plan) {
		if want := b.render().Digest; p.Digest != want {
			b.fail("the plan's digest is %q, the render's %q", p.Digest, want)
		}
		if len(p.Steps) == 0 {
			b.fail("the plan has no step: %+v", p)
		}
		most := driver.EffectUnspecified
		for _, c := range p.Changes {
			if c.Path == "" || c.Effect == driver.EffectUnspecified {
				b.fail("a change without a path or an effect: %+v", c)
			}
			most = max(most, c.Effect)
		}
		for _, s := range p.Steps {
			if s.ID == "" || s.Title == "" || s.Kind == driver.StepUnspecified || s.Disruption == driver.EffectUnspecified {
				b.fail("a step without id, title, kind or disruption: %+v", s)
			}
			if s.Kind != driver.StepDrain && s.Disruption < most {
				b.fail("step %q disturbs less than its changes", s.Title)
			}
		}
	}
	whole(b.plan(driver.IntentPresent, false))
	b.created()
	b.change()
	p := b.plan(driver.IntentPresent, false)
	whole(p)
	if len(p.Changes) == 0 {
		b.fail("the plan of an update tells no change")
	}
}

// meddle patches the stack as somebody else would, and lets it settle.
func (b *bench) meddle(row driver.Stack, body map[string]any) {
	b.check(b.meddled(row, body), "meddle with the stack")
	b.settled()
}

// meddled tells whether Heat takes such a patch; it lets nothing settle.
func (b *bench) meddled(row driver.Stack, body map[string]any) error {
	return b.heat().send("PATCH", "/stacks/"+row.Name+"/"+row.ID, body, nil)
}

func unproven(b *bench) {
	row := b.created()
	for _, status := range []string{"CHECK_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED"} {
		stack := *row
		stack.Status = status
		p := b.planWith(driver.PlanInput{Intent: driver.IntentPresent, Cluster: b.cluster, Secrets: b.secrets(false), Stack: &stack})
		if step, ok := write(p); !ok || step.Kind != driver.StepUpdate {
			b.fail("over %s with the right digest there is to do %+v, want one update", status, p.Steps)
		}
	}
}
