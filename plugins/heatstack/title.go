package heatstack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// titled is how many changes a title names, the most disturbing ones first.
const titled = 3

// updateTitle says what an update does: "update stack prod--web: flavor m1.small
// -> m1.medium (resize, reboots the server)".
func updateTitle(in driver.PlanInput, s status, changes []driver.Change, r *rendered) string {
	var parts []string
	worst := slices.Clone(changes)
	slices.SortStableFunc(worst, func(a, b driver.Change) int { return int(b.Effect) - int(a.Effect) })
	for i, c := range worst {
		if i == titled {
			parts = append(parts, fmt.Sprintf("%d more", len(changes)-titled))
			break
		}
		parts = append(parts, r.changeTitle(c))
	}
	verb := "update stack "
	if drifted(changes) {
		verb = "put right stack "
	}
	title := verb + in.Stack.Name
	switch {
	case in.Recover && s.working():
		title += " again, it hangs in " + in.Stack.Status
	case s.state == "FAILED":
		title += " again after " + in.Stack.Status
	case s.state == "COMPLETE" && !s.proven():
		title += " again, " + in.Stack.Status + " proves nothing"
	}
	if len(parts) > 0 {
		title += ": " + strings.Join(parts, "; ")
	}
	return title
}

func (r *rendered) changeTitle(c driver.Change) string {
	what := c.Path
	switch {
	case c.Path == "tags" && c.From == "":
		return "tag " + c.To + " is missing"
	case c.Path == "tags" && c.To != "":
		return "the digest alone"
	case c.Path == "tags":
		return "tag " + c.From + " is not ours"
	case c.From != "" && c.To != "":
		what += " " + short(c.From) + " -> " + short(c.To)
	case c.To != "":
		what += " -> " + short(c.To)
	case c.From != "":
		what += " " + short(c.From) + " -> nothing"
	}
	return what + " (" + r.wordsFor(c) + ")"
}

// wordsFor gives the author's words for a change, else those of its effect.
func (r *rendered) wordsFor(c driver.Change) string {
	for _, name := range keys(r.stack.Meaning) {
		if m := r.meaning(name); m.Path == c.Path && m.Words != "" {
			return m.Words
		}
	}
	return words(c.Effect)
}

// drifted tells whether all changes only undo what somebody else did.
func drifted(changes []driver.Change) bool {
	for _, c := range changes {
		if !c.Drift {
			return false
		}
	}
	return len(changes) > 0
}

func deleteTitle(in driver.PlanInput) string {
	title := "delete stack " + in.Stack.Name
	switch s := statusOf(in.Stack.Status); {
	case s.action == "DELETE" && s.state == "FAILED":
		title += " again after DELETE_FAILED"
	case in.Recover && s.working():
		title += ", it hangs in " + in.Stack.Status
	}
	return title
}

// short cuts a value for a title, at a rune.
func short(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
