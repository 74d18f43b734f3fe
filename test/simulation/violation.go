package simulation

import (
	"fmt"
	"time"
)

// Violation is a broken promise.
type Violation struct {
	Promise string // the check's name
	At      time.Duration
	Text    string
}

// Error implements error.
func (v *Violation) Error() string {
	return fmt.Sprintf("%s broken at +%s: %s", v.Promise, clock(v.At), v.Text)
}

// When is the time of the violation as stories tell it.
func (v *Violation) When() string { return clock(v.At) }

// Says gives the sentence of a promise by its check's name.
func Says(promise string) string {
	for _, c := range checks {
		if c.name == promise {
			return c.says
		}
	}
	return endSays[promise]
}

// endSays are the promises that are kept in the end.
var endSays = map[string]string{
	"token":   "a step gets a token that lives as long as it may take, or as tokens do",
	"P1":      "a write belongs to a step that the engine asked for",
	"P9":      "what somebody changes by hand is noticed, told and put right within two inventories and a deep-check tour",
	"budget":  "an agent makes no more requests in ten minutes than its fleet and its clusters cost, faults or not",
	"P3 told": "every double is told, before a person does something about it",
	"P7":      "after the faults have ended every cluster comes to rest in bounded time: settled, with nothing found by planning again, or held or stalled for a reason that stands",
}
