package simulation

import (
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/reconcile"
)

// reasons are the outcomes with their codes that a run can come to; waiting drain is
// among what crews meet.
var reasons = map[reconcile.Outcome][]reconcile.Code{
	reconcile.Settled: {""},
	reconcile.Waiting: {
		reconcile.WaitCreate, reconcile.WaitUpdate, reconcile.WaitDelete, reconcile.WaitAmbiguous, reconcile.WaitSettleIn,
		reconcile.WaitReadOnly, reconcile.WaitObserve,
	},
	reconcile.Held: {
		reconcile.HeldSuspended, reconcile.HeldPaused, reconcile.HeldOrphan, reconcile.HeldRollout, reconcile.HeldMaxDeletes,
		reconcile.HeldMaxCreates, reconcile.HeldReplacement, reconcile.HeldDriverChange, reconcile.HeldSecret,
		reconcile.HeldUnreadable, reconcile.HeldDrift,
	},
	reconcile.Retrying: {
		reconcile.FaultAuth, reconcile.FaultQuota, reconcile.FaultRateLimit, reconcile.FaultConflict, reconcile.FaultDependency,
		reconcile.FaultCapacity, reconcile.FaultDriver, reconcile.FaultTimeout, reconcile.FaultUnavailable, reconcile.FaultInternal,
		reconcile.FaultConfig,
	},
	reconcile.Stalled: {
		reconcile.FaultAuth, reconcile.FaultQuota, reconcile.FaultConflict, reconcile.FaultConfig, reconcile.FaultDriver,
		reconcile.FaultInternal, reconcile.FaultDependency, reconcile.FaultCapacity, reconcile.FaultTimeout, reconcile.FaultUnavailable,
	},
}

// rows are the rows of the verdict table: a stack's status, and the digest in its
// tags beside the one that is wanted.
var rows = map[string][]string{
	"same": {
		"CREATE_COMPLETE", "CREATE_FAILED", "CREATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS",
		"ROLLBACK_COMPLETE", "CHECK_COMPLETE", "CHECK_FAILED", "SUSPEND_COMPLETE", "RESUME_COMPLETE",
		"DELETE_IN_PROGRESS", "DELETE_FAILED", "DELETE_COMPLETE",
	},
	"other": {
		"CREATE_COMPLETE", "CREATE_FAILED", "CREATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS",
		"CHECK_COMPLETE", "SUSPEND_COMPLETE", "RESUME_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED",
	},
	"none": {"CREATE_COMPLETE", "CREATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"},
}

// Nightly is how many seeds of a size have met everything there is to meet, 0 where
// that is not known.
func (s Size) Nightly() uint64 {
	switch s {
	case Small:
		return 20_000
	case Nodes:
		return 2_000
	case Large:
		return 1_000
	}
	return 0
}

// wanted is what a nightly run of a size has met at least once.
func (s Size) wanted() []string {
	switch {
	case s.Nodes:
		return wantedOfCrews()
	case s == Large:
		return wantedOfMany()
	}
	out := []string{"guard: max-creates", "guard: max-deletes", "double", "database restored", "hand: foreign stack made", "hand: tags were lost", "clock stepped back", "clock stepped forward"}
	for kind := range deeds {
		if ofCrews(kind) {
			continue
		}
		out = append(out, "act: "+string(kind))
	}
	for kind := range troubles {
		out = append(out, "fault: "+kind)
	}
	for outcome, codes := range reasons {
		for _, code := range codes {
			out = append(out, fmt.Sprintf("outcome: %s %s", outcome, code))
		}
	}
	for digest, statuses := range rows {
		for _, s := range statuses {
			out = append(out, fmt.Sprintf("row: %s, digest %s", s, digest))
		}
	}
	for _, kind := range []string{"create", "update", "delete", "adopt"} {
		for _, v := range []reconcile.Verdict{reconcile.Accepted, reconcile.Refused, reconcile.Stale, reconcile.Ambiguous} {
			out = append(out, fmt.Sprintf("step %s: %s", kind, v))
		}
	}
	for _, reason := range gitTroubles {
		out = append(out, "git: "+string(reason))
	}
	for _, action := range handActions {
		out = append(out, "hand: "+action)
	}
	for _, what := range lied {
		out = append(out, what)
	}
	for _, what := range []string{"killed", "hung", "slow", "lies", "replaced"} {
		out = append(out, "driver: "+what)
	}
	for _, what := range []string{"kept", "lost", "half written", "older copy", "revision not kept"} {
		out = append(out, "disk: "+what)
	}
	slices.Sort(out)
	return out
}

// wantedOfCrews is what fleets with nodes meet beside all that others do.
func wantedOfCrews() []string {
	out := []string{
		"outcome: waiting drain", "outcome: held secret", "secrets: made", "secrets: dropped", "secrets: lost",
		"step drain: accepted", "step drain: refused", "step drain: stale",
	}
	for _, kind := range crewKinds {
		out = append(out, "act: "+string(kind))
	}
	for _, t := range vaultTroubles {
		out = append(out, "secret store: "+string(t))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wantedOfMany is what holds many clusters up, and what befalls them: large fleets are
// run for that, and the rest of what there is to meet is met by small ones.
func wantedOfMany() []string {
	out := []string{
		"fleet of many clusters", "guard: max-creates", "guard: max-deletes", "outcome: held max-creates", "outcome: held max-deletes",
		"outcome: held rollout", "database restored",
	}
	for kind := range deeds {
		if !ofCrews(kind) {
			out = append(out, "act: "+string(kind))
		}
	}
	for _, reason := range gitTroubles {
		out = append(out, "git: "+string(reason))
	}
	slices.Sort(out)
	return out
}

// Never lists what a nightly run of a size should have met and has not.
func Never(c Counts, s Size) []string {
	return slices.DeleteFunc(s.wanted(), func(what string) bool { return c[what] > 0 })
}
