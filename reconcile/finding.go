package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
)

// Finding is something worth telling: logs, metrics, status and notifications
// are made from findings and from Status, and from nothing else.
type Finding struct {
	Kind     FindingKind   `json:"kind"`
	Time     time.Time     `json:"time"`
	Cluster  string        `json:"cluster,omitempty"` // "" is about the fleet
	Outcome  Outcome       `json:"outcome,omitempty"`
	Code     Code          `json:"code,omitempty"`
	Who      Who           `json:"who,omitempty"`
	Message  string        `json:"message,omitempty"` // one line, no secret
	Remedy   string        `json:"remedy,omitempty"`
	Revision string        `json:"revision,omitempty"`
	Step     *plan.Step    `json:"step,omitempty"`
	Verdict  Verdict       `json:"verdict,omitempty"`
	Changes  []plan.Change `json:"changes,omitempty"`
	Took     time.Duration `json:"took,omitempty"`
}

// FindingKind says what was found.
type FindingKind string

// The kinds of findings.
const (
	FoundOutcome   FindingKind = "outcome"   // a cluster's outcome or code changed
	FoundPlan      FindingKind = "plan"      // a change was planned
	FoundStepBegun FindingKind = "step"      // a step was begun
	FoundStepEnded FindingKind = "step-end"  // a step was answered
	FoundDrift     FindingKind = "drift"     // somebody else changed a stack of ours
	FoundGuard     FindingKind = "guard"     // a guard holds, or lets go again
	FoundOrphan    FindingKind = "orphan"    // a stack of ours that no file names
	FoundDuplicate FindingKind = "duplicate" // two stacks for one cluster
	FoundRevision  FindingKind = "revision"  // a new revision is in force
	FoundRewritten FindingKind = "rewritten" // the new revision does not descend from the one before
	FoundFault     FindingKind = "fault"     // source, list or driver failed, or is well again
	FoundGone      FindingKind = "gone"      // a cluster has left

	FoundUnreadable FindingKind = "unreadable" // other files than before cannot be read, or all can be again
)
