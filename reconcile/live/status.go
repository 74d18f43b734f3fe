package live

import "strings"

// Action is the first half of a Heat stack status (API reference, "stack_status").
type Action string

// The actions of Heat's engine.
const (
	Create   Action = "CREATE"
	Update   Action = "UPDATE"
	Delete   Action = "DELETE"
	Rollback Action = "ROLLBACK"
	Check    Action = "CHECK"
	Suspend  Action = "SUSPEND"
	Resume   Action = "RESUME"
	Snapshot Action = "SNAPSHOT"
	Restore  Action = "RESTORE"
	Adopt    Action = "ADOPT"
)

// State is the second half of a Heat stack status.
type State string

// The states a stack action goes through.
const (
	InProgress State = "IN_PROGRESS"
	Complete   State = "COMPLETE"
	Failed     State = "FAILED"
)

// Status is a Heat stack status, for instance UPDATE_IN_PROGRESS. The zero
// Status stands for "no stack".
type Status struct {
	Action Action `json:"action,omitempty"`
	State  State  `json:"state,omitempty"`
}

// ParseStatus splits Heat's ACTION_STATE. A text it cannot split gives a Status
// whose State is empty: no verdict rests on it.
func ParseStatus(text string) Status {
	for _, s := range []State{InProgress, Complete, Failed} {
		if a, ok := strings.CutSuffix(text, "_"+string(s)); ok {
			return Status{Action: Action(a), State: s}
		}
	}
	return Status{Action: Action(text)}
}

// String gives Heat's spelling, "" for the zero Status.
func (s Status) String() string {
	if s.State == "" {
		return string(s.Action)
	}
	return string(s.Action) + "_" + string(s.State)
}

// Proven tells whether the status can prove that a stack holds the spec its
// digest tag names: only CREATE_COMPLETE and UPDATE_COMPLETE do. A rollback
// keeps the new tags over the old template, and check, suspend, resume and
// restore overwrite the status of a failed update (Heat 10 to 26).
func (s Status) Proven() bool {
	return s.State == Complete && (s.Action == Create || s.Action == Update)
}

// Working tells whether Heat says that an action is under way.
func (s Status) Working() bool { return s.State == InProgress }
