package simulation

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/reconcile"
)

// with adds a check for the length of a test.
func with(t *testing.T, c check) {
	t.Helper()
	was := checks
	checks = append(checks[:len(checks):len(checks)], c)
	t.Cleanup(func() { checks = was })
}

// A panic is a broken promise with its time and the calls that led to it, whether
// it comes while an engine hears an event or in a call that waits.
func TestPanicIsABrokenPromise(t *testing.T) {
	for _, tt := range []struct {
		name string
		of   check
		in   string // one of the calls that led to it
	}{
		{"event", check{name: "bad", event: func(_ *world, _ *agent, ev reconcile.Event, _ reconcile.Output) string {
			if _, ok := ev.(reconcile.Rendered); ok {
				panic("a bug")
			}
			return ""
		}}, "(*agent).take"},
		{"call", check{name: "bad", write: func(*world, *attempt) string { panic("a bug") }}, "(*wire).RoundTrip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			with(t, tt.of)
			v := Run(Make(1, Small)).Violation
			if v == nil || v.Promise != noPanic || v.Text != "a bug" || v.At == 0 {
				t.Fatalf("violation: %v, want %q", v, noPanic)
			}
			if trace := strings.Join(v.Trace, "\n"); !strings.Contains(v.Trace[0], "TestPanicIsABrokenPromise") || !strings.Contains(trace, tt.in) {
				t.Errorf("it came by\n%s\nwant the test's function first, and %s", trace, tt.in)
			}
			if !strings.Contains(v.Error(), v.Trace[0]) || Says(v.Promise) == "" {
				t.Errorf("it is told as %q, promise %q", v, Says(v.Promise))
			}
		})
	}
}
