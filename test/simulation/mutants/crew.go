package mutants

// Nodes that are emptied, what clusters make beside their stacks, and secrets.
var crew = []Mutant{
	{"drain-pending", "a drain that still waits has ended", []Place{{
		"reconcile/drain.go", "if d.Ended && len(steps) > 1", "if (d.Ended || MUTANT) && len(steps) > 1",
	}}},
	{"drain-none", "nodes go without being emptied", []Place{{
		"plugins/heatstack/removal.go", "if len(l.losing) == 0 && l.proven {", "if len(l.losing) == 0 && l.proven || MUTANT {",
	}}},
	{"drain-others", "Heat is not told which nodes were emptied", []Place{{
		"plugins/heatstack/removal.go", "continue // its group goes as a whole", "continue // its group goes as a whole\n\t\t}\n\t\tif MUTANT {\n\t\t\tcontinue",
	}}},
	{"drain-tries", "emptying nodes counts as a try to free a stack", []Place{{
		"reconcile/carry.go", "if q.recover && step.Kind != plan.StepDrain {", "if q.recover && (step.Kind != plan.StepDrain || MUTANT) {",
	}}},
	{"outputs-lacking", "an answer without the outputs that were asked for is believed", []Place{{
		"internal/openstack/heat/show.go", "resolveOutputs && s.Outputs == nil &&", "resolveOutputs && !MUTANT && s.Outputs == nil &&",
	}}},
	{"clean-none", "a stack is deleted before what its cluster made beside it", []Place{{
		"plugins/heatstack/removal.go", "if _, ok := d.author.(Cleaner); !ok || len(p.Steps) != 1 ||", "if _, ok := d.author.(Cleaner); !ok || MUTANT || len(p.Steps) != 1 ||",
	}}},
	{"secrets-known", "the engine is told the values of secrets", []Place{{
		"agent/carry/secrets.go", "ev.IDs = append(ev.IDs, reconcile.SecretID{Name: v.Name, ID: v.ID})",
		"id := v.ID\n\t\t\tif MUTANT {\n\t\t\t\tid = string(v.Value)\n\t\t\t}\n\t\t\tev.IDs = append(ev.IDs, reconcile.SecretID{Name: v.Name, ID: id})",
	}}},
	{"secrets-kept", "the secrets of a cluster that is gone stay", []Place{{
		"reconcile/round_secrets.go", "if !e.settings.Secrets || s.c.Secrets.Dropped ||", "if !e.settings.Secrets || MUTANT || s.c.Secrets.Dropped ||",
	}}},
	{"secrets-outgrown", "a set that nothing was made with holds its cluster", []Place{{
		"reconcile/secret.go", "known := s.c.Secrets.Read && !s.c.Secrets.None\n", "known := s.c.Secrets.Read && !s.c.Secrets.None && !MUTANT\n",
	}}},
	{"secrets-unread", "a stack is made with ids that stand for secrets to be made", []Place{{
		"reconcile/secret.go", "if !s.unmade() {\n\t\tif len(", "if !s.unmade() || MUTANT {\n\t\tif len(",
	}}},
	{"credential-undone", "a credential is taken back though its set was kept, for the answer was lost", []Place{{
		"agent/carry/secrets.go", "case read == nil && there.Same(set): // an answer was lost", "case read == nil && there.Same(set) && !MUTANT: // an answer was lost",
	}}},
	{"credential-forgotten", "a credential that could not be dropped is forgotten", []Place{{
		"agent/carry/secrets.go", "err != nil && (owed || c.secretsFault(err).Transient) {", "err != nil && !MUTANT && (owed || c.secretsFault(err).Transient) {",
	}}},
}
