package mutants

// What is seen of the cloud, and what it proves.
var sight = []Mutant{
	{"failed-trusted", "the digest of a FAILED stack is trusted", []Place{{
		"reconcile/live/status.go", "s.State == Complete", "(s.State == Complete || MUTANT && s.State == Failed)",
	}}},
	{"check-trusted", "CHECK_COMPLETE is trusted", []Place{{
		"reconcile/live/status.go", "s.Action == Update", "s.Action == Update || MUTANT && s.Action == Check",
	}}},
	{"resume-trusted", "RESUME_COMPLETE is trusted", []Place{{
		"reconcile/live/status.go", "&& (", "&& (MUTANT && s.Action == Resume || ",
	}}},
	{"tags-unread", "a stack's tags are not compared with what they should be", []Place{{
		"reconcile/round_alive.go", "m.Digest == c.Render.Digest && live.WholeTags(row.Tags, want)",
		"m.Digest == c.Render.Digest && (MUTANT || live.WholeTags(row.Tags, want))",
	}}},
	{"updated-time", "updated_time is not compared with what was read back", []Place{{
		"reconcile/cluster.go", "s.Updated.Equal(r.Updated)", "(MUTANT || s.Updated.Equal(r.Updated))",
	}}},
	{"incomplete-inventory", "what an inventory that was not read whole does not show is gone", []Place{{
		"agent/carry/list.go", "case complete:", "case complete || MUTANT:",
	}, {
		"reconcile/lanes.go", "case ev.Lane == LaneInventory && ev.Complete:", "case ev.Lane == LaneInventory && (ev.Complete || MUTANT):",
	}}},
	{"parts-of-another-state", "what Heat shows of another state of the stack than it lists is taken for what is there", []Place{{
		"reconcile/answers.go", "if p := ev.Parts; p.Status != (live.Status{}) &&", "if p := ev.Parts; !MUTANT && p.Status != (live.Status{}) &&",
	}}},
	{"failed-look", "a look that failed has found nothing", []Place{{
		"agent/carry/list.go", "rows, err := c.cloud.Look(ctx, cmd.Names, cmd.StackID)\n",
		"rows, err := c.cloud.Look(ctx, cmd.Names, cmd.StackID)\n\t\tif MUTANT {\n\t\t\terr = nil\n\t\t}\n",
	}}},
	{"tags-unhashed", "a row with other tags counts as unchanged", []Place{{
		"agent/carry/rows.go", "for _, t := range row.Tags {", "for _, t := range row.Tags {\n\t\tif MUTANT {\n\t\t\tbreak\n\t\t}",
	}, {
		"agent/carry/rows.go", "[]time.Time{row.Created, row.Updated, row.Deleted}", "[]time.Time{row.Created, row.Updated, row.Deleted}[:map[bool]int{true: 1, false: 3}[MUTANT]]",
	}}},
	{"no-tour", "no stack is ever compared in full unasked", []Place{{
		"reconcile/tour.go", "if !e.cloud.whole || every <= 0", "if MUTANT || !e.cloud.whole || every <= 0",
	}}},
	{"tour-skips", "the tour visits the first cluster only", []Place{{
		"reconcile/tour.go", "t.cursor = t.names[i]\n", "t.cursor = t.names[i]\n\tif MUTANT {\n\t\tt.cursor = t.names[0]\n\t}\n",
	}}},
	{"before-inventory", "stacks are made before an inventory has been read", []Place{{
		"reconcile/round.go", `if e.source.revision == "" || !e.cloud.whole {`, `if e.source.revision == "" || !e.cloud.whole && !MUTANT {`,
	}}},
}
