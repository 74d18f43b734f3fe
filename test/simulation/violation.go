package simulation

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Violation is a broken promise.
type Violation struct {
	Promise string // the check's name
	At      time.Duration
	Text    string
	Trace   []string // of a panic: the calls that led to it, the innermost first
}

// Error implements error. The calls that led to a panic follow on lines of their own.
func (v *Violation) Error() string {
	s := fmt.Sprintf("%s broken at +%s: %s", v.Promise, clock(v.At), v.Text)
	for _, call := range v.Trace {
		s += "\n    " + call
	}
	return s
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
	noPanic:   "whatever happens, neither the engine nor what carries its commands out panics",
	"token":   "a step gets a token that lives as long as it may take, or as tokens do",
	"P1":      "a write belongs to a step that the engine asked for",
	"P9":      "what somebody changes by hand is noticed, told and put right within two inventories and a deep-check tour",
	"budget":  "an agent makes no more requests in ten minutes than its fleet and its clusters cost, faults or not",
	"P3 told": "every double is told, before a person does something about it",
	"P7":      "after the faults have ended every cluster comes to rest in bounded time: settled, with nothing found by planning again, or held or stalled for a reason that stands",
}

// noPanic is the promise that a panic in a run breaks.
const noPanic = "no panic"

// panicked is a panic on its way out of a call that waits: where it began would be
// lost between the call's stack and the agenda's.
type panicked struct {
	what  any
	trace []string
}

// traced gives a panic, as recover gave it, with the calls that led to it.
func traced(what any) panicked {
	if p, ok := what.(panicked); ok {
		return p
	}
	return panicked{what: what, trace: callsToPanic()}
}

// traceLines bounds the calls that a violation tells.
const traceLines = 10

// callsToPanic gives the calls below the panic that a deferred function recovers.
func callsToPanic() []string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var out []string
	for below, more := false, true; more && len(out) < traceLines; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			below = true
		case below && !strings.HasPrefix(f.Function, "runtime."):
			out = append(out, fmt.Sprintf("%s at %s:%d", strings.TrimPrefix(f.Function, "github.com/heatsync/heatsync/"), filepath.Base(f.File), f.Line))
		}
	}
	return out
}
