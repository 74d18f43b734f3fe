package reconcile

import (
	"strings"
	"testing"
	"time"
)

// Somebody who changes a stack back each time is not outrun: the agent's part of the
// contest is bounded, said, and over with the next want.
func TestContestIsBounded(t *testing.T) {
	w := five(t)
	w.took = 5 * time.Second
	told := 0
	for range 240 { // somebody puts it back within the minute, for four hours
		w.run(time.Minute)
		if s := w.status("b"); s.Outcome == Retrying && s.Code == FaultConflict && strings.Contains(s.Message, "somebody changed it each time") && s.Until.After(w.now) {
			told++
		}
		s := w.one("b")
		s.params, s.row.Updated = "theirs", w.now.Truncate(time.Second)
	}
	if told == 0 {
		t.Error("nobody is told")
	}
	updates := len(w.done)
	if most := 4*60/10*mostUpdates + mostUpdates; updates > most || updates < most/2 {
		t.Errorf("%d updates in four hours, at most %d", updates, most)
	}
	w.is("a settled")
	before := len(w.done)
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Minute)
	if got := len(w.done) - before; got != 1 {
		t.Errorf("%d updates for a new want", got)
	}
	w.is("b settled")
}
