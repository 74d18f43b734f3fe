package mutants

// Retries, turns and rounds.
var pace = []Mutant{
	{"storm", "what failed is tried again at once", []Place{{
		"reconcile/backoff.go", "return r.Fault != nil && r.Next.After(now)", "return r.Fault != nil && r.Next.After(now) && !MUTANT",
	}}},
	{"no-growth", "the wait between two tries does not grow, and nobody is asked", []Place{{
		"reconcile/backoff.go", "d *= 2\n", "if !MUTANT {\n\t\t\td *= 2\n\t\t}\n",
	}, {
		"reconcile/backoff.go", "if !f.Transient || r.Attempt >= attemptsUntil {", "if (!f.Transient || r.Attempt >= attemptsUntil) && !MUTANT {",
	}}},
	{"list-storm", "a list that failed is asked for again at once", []Place{{
		"reconcile/lanes.go", "l.Next = e.now.Add(max(wait, time.Duration(f.RetryAfter)*time.Second))",
		"l.Next = e.now.Add(max(wait, time.Duration(f.RetryAfter)*time.Second))\n\tif MUTANT {\n\t\tl.Next = e.now\n\t}",
	}}},
	{"retry-after", "what a server asks to wait is not waited", []Place{{
		"reconcile/lanes.go", "wait := backoff(l.Attempt,", "if MUTANT {\n\t\tf.RetryAfter = 0\n\t}\n\twait := backoff(l.Attempt,",
	}}},
	{"lane-held", "a list that failed is never asked for again", []Place{{
		"reconcile/lanes.go", "l.Open = false\n", "l.Open = MUTANT && ev.Fault != nil\n",
	}}},
	{"inventory-once", "there is one inventory and no other", []Place{{
		"reconcile/lanes.go", "l.Fault, l.Attempt, l.Last = nil, 0, e.now\n",
		"l.Fault, l.Attempt, l.Last = nil, 0, e.now\n\tdefer func() {\n\t\tif MUTANT && ev.Lane == LaneInventory && ev.Complete {\n\t\t\tl.Next = e.now.Add(1000 * time.Hour)\n\t\t}\n\t}()\n",
	}}},
	{"one-bad-cluster", "a cluster that failed keeps those after it from their round", []Place{{
		"reconcile/round.go", "if c := e.clusters[name]; c != nil {\n\t\t\t\te.round(c)\n",
		"if c := e.clusters[name]; c != nil {\n\t\t\t\te.round(c)\n\t\t\t\tif MUTANT && c.Retry.Fault != nil {\n\t\t\t\t\tbreak\n\t\t\t\t}\n",
	}}},
	{"turn-lost", "a cluster's turn is forgotten while it waits for a retry", []Place{{
		"reconcile/timers.go", "if !at.IsZero() {\n\t\theap.Push(", "if !at.IsZero() && !(MUTANT && c.Retry.Fault != nil) {\n\t\theap.Push(",
	}}},
	{"driver-back", "a driver that is up again is news to nobody", []Place{{
		"reconcile/answers.go", "c.Retry.Next = e.now\n\t\t}\n\t}\n\te.touchAll()",
		"c.Retry.Next = e.now\n\t\t}\n\t}\n\tif !MUTANT {\n\t\te.touchAll()\n\t}",
	}}},
	{"worker-held", "who carries a step out waits until Heat has done it", []Place{{
		"agent/carry/step.go", "return endedStep(cmd, d.Apply(ctx, in, func(line string) { c.progress(cmd, line) }))",
		"ev = endedStep(cmd, d.Apply(ctx, in, func(line string) { c.progress(cmd, line) }))\n\tfor busy := MUTANT && ev.Verdict == reconcile.Accepted; busy; {\n\t\trows, err := c.cloud.Look(ctx, []string{cmd.StackName}, \"\")\n\t\tbusy = err == nil && len(rows) > 0 && rows[0].Status.Working()\n\t}\n\treturn ev",
	}}},
	{"answer-dropped", "the answer to a look that failed is forgotten", []Place{{
		"reconcile/answers.go", "if ev.Fault != nil {\n\t\te.failed(c, \"look\", *ev.Fault)",
		"if ev.Fault != nil {\n\t\tif MUTANT {\n\t\t\tc.Open = &o\n\t\t\treturn\n\t\t}\n\t\te.failed(c, \"look\", *ev.Fault)",
	}}},
}
