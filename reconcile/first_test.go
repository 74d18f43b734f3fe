package reconcile

import (
	"strings"
	"testing"
	"time"
)

// A cloud that takes the question and never answers is told of, once.
func TestALateFirstInventoryIsToldOnce(t *testing.T) {
	w := five(t)
	w.hold = func(c Command) bool { _, list := c.(List); return list }
	w.restart(nil, nil)
	begun := w.now
	w.findings = nil
	w.run(20 * time.Second)
	if s := w.e.Status(); len(s.WaitsFor) != 1 || s.WaitsFor[0] != (FirstRead{firstInventory, begun}) {
		t.Errorf("waits for %+v, it began at %v", s.WaitsFor, begun)
	}
	w.run(10 * time.Minute)
	var said []Finding
	for _, f := range w.findings {
		if f.Kind == FoundFault {
			said = append(said, f)
		}
	}
	if len(said) != 1 || !strings.HasPrefix(said[0].Message, string(firstInventory)) || said[0].Time.Sub(begun) > firstReadIn+time.Second {
		t.Errorf("told at %v: %+v", begun, said)
	}
}
