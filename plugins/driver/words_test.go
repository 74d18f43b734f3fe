package driver

import (
	"fmt"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		name string
		v    fmt.Stringer
		want string
	}{
		{"a severity", SeverityWarning, "warning"},
		{"the worst effect", EffectRefused, "refused"},
		{"the last verdict", Ambiguous, "ambiguous"},
		{"the last kind", StepDrain, "drain"},
		{"the last part", PartNodes, "nodes"},
		{"what a newer peer says", Effect(99), "unknown(99)"},
		{"no number of ours", Verdict(-1), "unknown(-1)"},
		{"a diagnostic", Diagnostic{Severity: SeverityError, Code: "attribute-unknown", Path: "keypair", Summary: "it has no effect", Remedy: "remove it"}, "error: keypair: it has no effect; remove it"},
		{"a diagnostic of the whole cluster", Diagnostic{Severity: SeverityWarning, Summary: "it is old"}, "warning: it is old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.v.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
