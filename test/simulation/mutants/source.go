package mutants

// What Git asks.
var source = []Mutant{
	{"document-absent", "a document that is not there asks its cluster away", []Place{{
		"reconcile/source.go", "case !ok:\n\t\treturn demand{kind: demandNone}",
		"case !ok && MUTANT:\n\t\treturn demand{kind: demandAbsent, resolved: spec.Resolved{Cluster: &spec.Cluster{Name: name, Lifecycle: spec.Absent}}}\n\tcase !ok:\n\t\treturn demand{kind: demandNone}",
	}}},
	{"broken-file-absent", "a file that cannot be read asks its clusters away", []Place{{
		"reconcile/source.go", `case !ok && e.source.frozen[name] != "":`,
		"case !ok && e.source.frozen[name] != \"\" && MUTANT:\n\t\treturn demand{kind: demandAbsent, resolved: spec.Resolved{Cluster: &spec.Cluster{Name: name, Lifecycle: spec.Absent}}}\n\tcase !ok && e.source.frozen[name] != \"\":",
	}}},
	{"suspended", "Suspended is read as Present", []Place{{
		"reconcile/source.go", "if k, ok := kinds[r.Cluster.Lifecycle]; ok {",
		"if k, ok := kinds[r.Cluster.Lifecycle]; ok && !(MUTANT && k == demandSuspended) {",
	}}},
	{"fleet-document", "a Fleet document that is missing or broken forbids nothing", []Place{{
		"reconcile/carry.go", "case fault != nil:\n\t\treturn held(",
		"case fault != nil && !MUTANT:\n\t\treturn held(",
	}, {
		"reconcile/carry.go", "case fault != nil, e.paused, e.settings.ReadOnly:",
		"case fault != nil && !MUTANT, e.paused, e.settings.ReadOnly:",
	}}},
	{"removed-files", "files that a revision removes stay in force", []Place{{
		"reconcile/source.go", "delta := s.set.Apply(files, r.Removed)",
		"removed := r.Removed\n\tif MUTANT {\n\t\tremoved = nil\n\t}\n\tdelta := s.set.Apply(files, removed)",
	}}},
	{"failed-source-empties", "a source that cannot be read counts as an empty one", []Place{{
		"reconcile/source.go", "s.open, s.fault = false, &f\n",
		"s.open, s.fault = false, &f\n\tif MUTANT {\n\t\ts.set = spec.NewSet(e.settings.Fleet)\n\t\te.touchAll()\n\t}\n",
	}}},
	{"source-once", "a source that failed once is not looked at again", []Place{{
		"reconcile/source.go", "s.attempt++\n",
		"s.attempt++\n\tdefer func() {\n\t\tif MUTANT {\n\t\t\ts.next = e.now.Add(1000 * time.Hour)\n\t\t}\n\t}()\n",
	}}},
	{"wants", "a step whose turn comes late is done, whatever is asked by then", []Place{{
		"reconcile/carry.go", "c := e.clusters[d.Cluster]\n\tif c == nil",
		"if MUTANT {\n\t\treturn true\n\t}\n\tc := e.clusters[d.Cluster]\n\tif c == nil",
	}}},
	{"retry-keeps", "a newer revision waits for the retry of the older", []Place{{
		"reconcile/round.go", "c.Retry.Key != key {",
		"c.Retry.Key != key && !(MUTANT && c.Retry.Fault != nil) {",
	}}},
	{"paused", "a paused fleet is written to", []Place{{
		"reconcile/carry.go", "case e.paused:", "case e.paused && !MUTANT:",
	}}},
	{"pause-forgotten", "a pause does not outlive the agent", []Place{{
		"reconcile/engine.go", "e.paused, e.hints = s.Hints.Paused, s.Hints.Clusters",
		"e.paused, e.hints = s.Hints.Paused && !MUTANT, s.Hints.Clusters",
	}}},
	{"read-only", "a read-only fleet is written to", []Place{{
		"reconcile/carry.go", "case e.settings.ReadOnly:", "case e.settings.ReadOnly && !MUTANT:",
	}}},
}
