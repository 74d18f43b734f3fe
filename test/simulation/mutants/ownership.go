package mutants

// Whose stack is whose.
var ownership = []Mutant{
	{"ownership", "a stack of our name is ours, whatever its tags and its description say", []Place{{
		"reconcile/owner.go", "row := named[0]\n",
		"row := named[0]\n\tif MUTANT {\n\t\treturn owned{kind: ownOne, row: row}\n\t}\n",
	}}},
	{"foreign-description", "a stack of our name without tags is ours, whoever described it", []Place{{
		"reconcile/round_present.go", "if parts.Description != live.Description(e.settings.Fleet, s.c.Name) {",
		"if !MUTANT && parts.Description != live.Description(e.settings.Fleet, s.c.Name) {",
	}}},
	{"double-first", "of two stacks of one cluster the older is taken", []Place{{
		"reconcile/owner.go", "case len(tagged) > 1:",
		"case MUTANT && len(tagged) > 1:\n\t\treturn owned{kind: ownOne, row: tagged[0]}\n\tcase len(tagged) > 1:",
	}}},
	{"adopted-overwritten", "a stack that was adopted is written to as one of our own once its document does not say adopt any more", []Place{{
		"reconcile/round_present.go", "case a == nil && !strings.EqualFold(row.Name, e.stackName(s.c.Name)):",
		"case a == nil && !strings.EqualFold(row.Name, e.stackName(s.c.Name)) && !MUTANT:",
	}}},
	{"adopted-put", "an adopted stack gets the driver's template", []Place{{
		"plugins/heatstack/apply.go", `if w.r.cluster.AdoptedStack != "" {`,
		`if w.r.cluster.AdoptedStack != "" && !MUTANT {`,
	}}},
	{"orphan-settled", "a stack without a document is said to be settled", []Place{{
		"reconcile/round.go", "said := said{\n\t\tOutcome: Held, Code: HeldOrphan,",
		"if MUTANT {\n\t\treturn verdict{said: said{Outcome: Settled}}\n\t}\n\tsaid := said{\n\t\tOutcome: Held, Code: HeldOrphan,",
	}}},
	{"tags-half", "the tags that are written leave the cluster's name out", []Place{{
		"reconcile/carry.go", "Driver: cmd.Driver, Digest: r.Digest}.Tags()\n",
		"Driver: cmd.Driver, Digest: r.Digest}.Tags()\n\tif MUTANT {\n\t\tcmd.Tags = cmd.Tags[:2]\n\t}\n",
	}, {
		"plugins/heatstack/apply.go", `if missing := w.missingTag(); missing != "" {`,
		`if missing := w.missingTag(); missing != "" && !MUTANT {`,
	}}},
}
