package driver

import "fmt"

var (
	severities = []string{"unspecified", "error", "warning"}
	effects    = []string{"unspecified", "none", "in-place", "add", "remove", "reboot", "rolling", "replace", "refused"}
	verdicts   = []string{"unspecified", "accepted", "refused", "stale", "ambiguous"}
	stepKinds  = []string{"unspecified", "create", "update", "delete", "adopt", "drain"}
	parts      = []string{"unspecified", "show", "template", "resources", "outputs", "nodes"}
)

// word gives the word of a value, or its number where a newer peer knows more.
func word[T ~int](words []string, v T) string {
	if v < 0 || int(v) >= len(words) {
		return fmt.Sprintf("unknown(%d)", int(v))
	}
	return words[v]
}

// String gives the word that plans use, for people and logs.
func (s Severity) String() string { return word(severities, s) }

// String gives the word that plans use, for people and logs.
func (e Effect) String() string { return word(effects, e) }

// String gives the word of the contract, for people and logs.
func (v Verdict) String() string { return word(verdicts, v) }

// String gives the word of the contract, for people and logs.
func (k StepKind) String() string { return word(stepKinds, k) }

// String gives the word of the contract, for people and logs.
func (p Part) String() string { return word(parts, p) }

// String gives the diagnostic on one line, for people and logs: severity, place,
// what is wrong, and what to do.
func (d Diagnostic) String() string {
	text := d.Severity.String() + ": "
	if d.Path != "" {
		text += d.Path + ": "
	}
	text += d.Summary
	if d.Remedy != "" {
		text += "; " + d.Remedy
	}
	return text
}
