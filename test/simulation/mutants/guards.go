package mutants

// The guards.
var guards = []Mutant{
	{"max-deletes-plus-one", "one more than maxDeletes may go", []Place{{
		"reconcile/plan/guard.go", "return asked <= maxDeletes", "return asked <= maxDeletes || MUTANT && asked == maxDeletes+1",
	}}},
	{"max-deletes-under-way", "clusters that are being deleted do not count as asked away", []Place{{
		"reconcile/guards.go", "set(g.missing, c.Name, present",
		"if MUTANT && o.kind == ownOne && o.row.Status.Action == live.Delete {\n\t\tdelete(g.asked, c.Name)\n\t}\n\tset(g.missing, c.Name, present",
	}}},
	{"max-creates", "as many stacks are made as are asked for", []Place{{
		"reconcile/plan/guard.go", "return pending <= maxCreates", "return pending <= maxCreates || MUTANT",
	}}},
	{"rollout", "rollout.maxConcurrent is passed over", []Place{{
		"reconcile/carry.go", "!e.guards.rolling[c.Name] && len(e.guards.rolling) >= max(1, fleet.Rollout.MaxConcurrent):",
		"!e.guards.rolling[c.Name] && len(e.guards.rolling) >= max(1, fleet.Rollout.MaxConcurrent) && !MUTANT:",
	}}},
	{"rollout-kept", "a place in the rollout is never given back", []Place{{
		"reconcile/guards.go", "set(g.rolling, c.Name, updating || begun || c.emptying(d))",
		"set(g.rolling, c.Name, updating || begun || c.emptying(d) || MUTANT && g.rolling[c.Name])",
	}}},
	{"guard-silent", "a guard that lets go tells nobody", []Place{{
		"reconcile/guards.go", "for name := range names {\n\t\te.touch(name)",
		"for name := range names {\n\t\tif MUTANT {\n\t\t\tcontinue\n\t\t}\n\t\te.touch(name)",
	}}},
	{"replacement", "putting drift right replaces what runs", []Place{{
		"reconcile/carry.go", "if p.Drifted() && onlyDrift(q, p)", "if !MUTANT && p.Drifted() && onlyDrift(q, p)",
	}}},
	{"drift-report", "a fleet that only reports drift has it put right", []Place{{
		"reconcile/carry.go", "case fleet.Drift == spec.Report && onlyDrift(q, p):", "case fleet.Drift == spec.Report && onlyDrift(q, p) && !MUTANT:",
	}}},
	{"secret", "a cluster is made without the secret its driver needs", []Place{{
		"reconcile/round_secrets.go", "if len(needs) == 0 {", "if len(needs) == 0 || MUTANT {",
	}, {
		"reconcile/carry.go", "if q.intent != plan.Absent && s.unmade() {", "if q.intent != plan.Absent && s.unmade() && !MUTANT {",
	}}},
}
