package mutants

// Steps, and what became of them.
var steps = []Mutant{
	{"create-again", "a create that got no answer is tried again at once", []Place{{
		"reconcile/answers.go", "c.Doubt = e.now.Add(e.settings.SettleIn)",
		"c.Doubt = e.now.Add(e.settings.SettleIn)\n\t\tif MUTANT {\n\t\t\tc.Doubt, c.Confirm = time.Time{}, true\n\t\t}",
	}, {
		"reconcile/answers.go", "import (\n", "import (\n\t\"time\"; var _ = mutantOf // MUTANT\n",
	}}},
	{"ambiguous-accepted", "a step that got no answer counts as taken", []Place{{
		"reconcile/answers.go", "c.Plan, c.Parts = plannedFor{}, partsOf{}\n\tfault :=",
		"if MUTANT && ev.Verdict == Ambiguous {\n\t\tev.Verdict = Accepted\n\t}\n\tc.Plan, c.Parts = plannedFor{}, partsOf{}\n\tfault :=",
	}}},
}
