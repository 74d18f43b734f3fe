package heatstack

import "strings"

// status is Heat's ACTION_STATE, split.
type status struct{ action, state string }

func statusOf(text string) status {
	for _, state := range []string{"IN_PROGRESS", "COMPLETE", "FAILED"} {
		if action, ok := strings.CutSuffix(text, "_"+state); ok {
			return status{action, state}
		}
	}
	return status{action: text}
}

func (s status) working() bool { return s.state == "IN_PROGRESS" }

// proven tells whether the status can prove that a stack holds what its digest
// names: a rollback keeps the new tags over the old template, and check,
// suspend, resume and restore hide a failed update (Heat 10 to 26).
func (s status) proven() bool {
	return s.state == "COMPLETE" && (s.action == "CREATE" || s.action == "UPDATE")
}
