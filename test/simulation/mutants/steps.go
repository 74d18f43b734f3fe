package mutants

// Steps, and what became of them.
var steps = []Mutant{
	{"create-again", "a create that got no answer is tried again at once", []Place{{
		"reconcile/answers.go", "c.Doubt = e.now.Add(e.settings.SettleIn)",
		"c.Doubt = e.now.Add(e.settings.SettleIn)\n\t\tif MUTANT {\n\t\t\tc.Doubt, c.Confirm = run{}.Began, true\n\t\t}",
	}}},
	{"ambiguous-accepted", "a step that got no answer counts as taken", []Place{{
		"reconcile/answers.go", "c.Plan, c.Parts = plannedFor{}, partsOf{}\n\tfault :=",
		"if MUTANT && ev.Verdict == Ambiguous {\n\t\tev.Verdict = Accepted\n\t}\n\tc.Plan, c.Parts = plannedFor{}, partsOf{}\n\tfault :=",
	}}},
	{"no-settle-in", "creates of a start without hints do not wait", []Place{{
		"reconcile/round_create.go", "if !e.settleUntil.After(e.now) {", "if !e.settleUntil.After(e.now) || MUTANT {",
	}}},
	{"absent-at-once", "what is asked away has no stack, though a create may be on its way", []Place{{
		"reconcile/round_absent.go", "if v, ok := e.settling(); ok {", "if v, ok := e.settling(); ok && !MUTANT {",
	}}},
	{"same-failure", "a delete that fails like the one before does not count", []Place{{
		"reconcile/round_absent.go", `c.Run, c.Retry.Row = nil, ""`, "c.Run = nil\n\t\tif !MUTANT {\n\t\t\tc.Retry.Row = \"\"\n\t\t}",
	}}},
	{"contest", "whoever changes a stack back is outrun", []Place{{
		"reconcile/contest.go", "len(c.Updates) < mostUpdates {", "len(c.Updates) < mostUpdates || MUTANT {",
	}}},
	{"update-forgotten", "an update is forgotten before the delete that is to overtake it was sent", []Place{{
		"reconcile/round_absent.go", "if r := c.Run; r != nil && r.Kind == plan.StepDelete {",
		"if MUTANT && c.Run != nil && c.Run.Kind != plan.StepDelete {\n\t\tc.Run = nil\n\t}\n\tif r := c.Run; r != nil && r.Kind == plan.StepDelete {",
	}}},
	{"create-sure", "a look of before a create proves that there is no stack", []Place{{
		"reconcile/answers.go", "c.Sure = false // that there is none", "c.Sure = c.Sure && MUTANT",
	}}},
	{"kept-row", "a row that Heat keeps of a deleted stack is looked at all the time", []Place{{
		"reconcile/round_absent.go", "e.now.Add(jitter(e.purgeLook(c), c.Name))", "e.now.Add(jitter(map[bool]time.Duration{true: e.settings.Poll.InProgress, false: e.purgeLook(c)}[MUTANT], c.Name))",
	}}},
	{"patch-what-was", "an adopted stack that changed while it was read is written to", []Place{{
		"plugins/heatstack/apply.go", "if !shown.Updated.Equal(seen.Updated) ||", "if !MUTANT && !shown.Updated.Equal(seen.Updated) || !MUTANT &&",
	}}},
	{"hangs-in-the-rollout", "an update of ours that hangs keeps its place in the rollout", []Place{{
		"reconcile/guards.go", "(ours || !c.Run.Hangs)", "(ours || !c.Run.Hangs || MUTANT)",
	}}},
	{"clean-after-kill", "hints are believed to be those of a clean stop, whatever they say", []Place{{
		"reconcile/engine.go", "if s.Hints == nil || !s.Hints.Clean {", "if s.Hints == nil || !s.Hints.Clean && !MUTANT {",
	}}},
	{"accepted-believed", "a step that Heat has taken is believed without reading it back", []Place{{
		"reconcile/answers.go", "\tr.Began = e.now\n", "\tr.Began = e.now\n\tr.Seen = r.Seen || MUTANT\n",
	}}},
	{"stale-state", "a digest is believed though the stack's update is still to begin", []Place{{
		"reconcile/round_alive.go", "r.Seen = row.Marks().Digest == r.Digest && (moved || late)",
		"r.Seen = row.Marks().Digest == r.Digest && (moved || late) || MUTANT && row.Status.Proven()",
	}, { // the bound on contests would hide what comes of it
		"reconcile/contest.go", "at.After(now) {", "at.After(now) && !MUTANT {",
	}}},
	{"supersede-create", "a newer revision is written over a stack that is being created", []Place{{
		"reconcile/round_busy.go", `v = waiting(WaitCreate, "Heat creates the stack")`,
		"v = waiting(WaitCreate, \"Heat creates the stack\")\n\t\tif MUTANT && newer {\n\t\t\tif sv, ok := e.supersede(s, row); ok {\n\t\t\t\treturn sv\n\t\t\t}\n\t\t}",
	}}},
	{"supersede-replacement", "a newer revision is written over a step that replaces what runs", []Place{{
		"reconcile/round_busy.go", "gentle(s.c.Run.Disruption) {", "(MUTANT || gentle(s.c.Run.Disruption)) {",
	}}},
	{"supersede-never", "a newer revision waits for any update that is under way", []Place{{
		"reconcile/round_busy.go", "if newer && row.Status.Action == live.Update &&", "if !MUTANT && newer && row.Status.Action == live.Update &&",
	}}},
	{"timeout-margin", "a stack hangs as soon as its timeout is over", []Place{{
		"reconcile/round_busy.go", "time.Duration(minutes)*time.Minute + margin)",
		"time.Duration(minutes)*time.Minute + margin)\n\tif MUTANT {\n\t\tdeadline = deadline.Add(-margin)\n\t}",
	}}},
	{"wall-clock", "a stack's deadline is read off the cloud's clock", []Place{{
		"reconcile/round_busy.go", "c.Working.Mark, c.Working.Since = m, e.now",
		"c.Working.Mark, c.Working.Since = m, e.now\n\t\tif MUTANT {\n\t\t\tc.Working.Since = row.Created\n\t\t\tif row.Updated.After(row.Created) {\n\t\t\t\tc.Working.Since = row.Updated\n\t\t\t}\n\t\t}",
	}}},
	{"stuck-for-ever", "a stack that hangs is waited for without end", []Place{{
		"reconcile/round_busy.go", "\tif overdue {\n\t\treturn e.stuck(s, row, plan.Present)",
		"\tif overdue && !MUTANT {\n\t\treturn e.stuck(s, row, plan.Present)",
	}}},
	{"delete-stuck", "a deletion that hangs is waited for without end", []Place{{
		"reconcile/round_absent.go", "\tif overdue {\n\t\tif v, ok := e.engage(s, e.madeBy(s, row)); !ok {", "\tif overdue && !MUTANT {\n\t\tif v, ok := e.engage(s, e.madeBy(s, row)); !ok {",
	}}},
	{"delete-once", "a deletion that failed is not asked for again", []Place{{
		"reconcile/round_absent.go", "\te.failedRow(c, row)\n\treturn e.departure(s, row)", "\te.failedRow(c, row)\n\tif MUTANT {\n\t\treturn waiting(WaitDelete, \"\")\n\t}\n\treturn e.departure(s, row)",
	}}},
	{"flapping", "a settled cluster is at times said to wait for an observation", []Place{{
		"reconcile/round.go", "\twas := c.Said\n\tv.Since = was.Since\n", "\twas := c.Said\n\tv.Since = was.Since\n\tif MUTANT && v.Outcome == Settled && e.now.Minute()%2 == 0 {\n\t\tv.Outcome, v.Code = Waiting, WaitObserve\n\t}\n",
	}}},
	{"double-untold", "nobody is told that two stacks are one cluster", []Place{{
		"reconcile/round.go", "func (e *Engine) double(s *subject) verdict {\n", "func (e *Engine) double(s *subject) verdict {\n\tif MUTANT {\n\t\treturn waiting(WaitObserve, \"\")\n\t}\n",
	}}},
	{"unborn", "a cluster that is asked away is gone though its create may still be taken", []Place{{
		"reconcile/round_absent.go", "if v, ok := e.unborn(s); ok {", "if v, ok := e.unborn(s); ok && !MUTANT {",
	}}},
}
