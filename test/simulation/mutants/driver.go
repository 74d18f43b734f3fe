package mutants

// What drivers over Heat do, and what is made of their words.
var driver = []Mutant{
	{"precondition", "a step does not look whether its stack is still as it was planned", []Place{{
		"plugins/heatstack/precondition.go", "digest := digestTag(r.Tags)\n",
		"if MUTANT {\n\t\treturn r, driver.Result{}, true\n\t}\n\tdigest := digestTag(r.Tags)\n",
	}}},
	{"precondition-updated", "a step takes a stack that was updated since it was planned", []Place{{
		"plugins/heatstack/precondition.go", "case !r.Updated.Equal(want.Updated):", "case !r.Updated.Equal(want.Updated) && !MUTANT:",
	}}},
	{"step-refused", "a write that got no answer was refused", []Place{{
		"plugins/heatstack/verdict.go", "if heat.Classify(err).Ambiguous() {", "if heat.Classify(err).Ambiguous() && !MUTANT {",
	}}},
	{"step-accepted", "a write that got no answer was taken", []Place{{
		"plugins/heatstack/verdict.go", "verdict = driver.Ambiguous", "verdict = driver.Ambiguous\n\t\tif MUTANT {\n\t\t\tverdict = driver.Accepted\n\t\t}",
	}}},
	{"plan-failed", "a driver plans nothing for a FAILED stack of the right digest", []Place{{
		"plugins/heatstack/plan.go", "if same && whole && s.proven() && !in.Deep {", "if same && whole && (s.proven() && !in.Deep || MUTANT) {",
	}}},
	{"drift-unseen", "a driver takes parameters that somebody changed for its own", []Place{{
		"plugins/heatstack/change.go", "if from == to {", "if from == to || MUTANT && drift {",
	}}},
	{"another-driver", "a driver plans another driver's stack", []Place{{
		"reconcile/round_present.go", `s.owned.kind == ownOne && made != "" && made != name {`, `s.owned.kind == ownOne && made != "" && made != name && !MUTANT {`,
	}, {
		"plugins/heatstack/plan.go", `by != "" && by != r.about.Name {`, `by != "" && by != r.about.Name && !MUTANT {`,
	}}},
	{"recover-never", "a driver plans nothing for a stack that hangs", []Place{{
		"plugins/heatstack/plan.go", "if same && whole && s.working() && !in.Recover {", "if same && whole && s.working() && (!in.Recover || MUTANT) {",
	}}},
	{"broken-call", "a driver that died in the middle of a plan has planned nothing", []Place{{
		"agent/carry/driver.go", "err = c.planWith(ctx, d, cmd, &ev)\n", "err = c.planWith(ctx, d, cmd, &ev)\n\t\t\tif MUTANT {\n\t\t\t\terr = nil\n\t\t\t}\n",
	}}},
}
