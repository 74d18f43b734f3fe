package reconcile

import (
	"testing"
	"time"
)

// A cluster whose source was never read says when it is tried again, not when it
// was.
func TestUnreadSourceTellsItsNextTry(t *testing.T) {
	w := five(t)
	w.sourceIs = &Fault{Code: FaultUnavailable, Who: Operator, Summary: "the Git host does not answer", Transient: true}
	w.restart(nil, nil)
	for range 30 {
		w.run(time.Minute)
		if s := w.status("a"); s.Outcome != Retrying || !s.Until.After(w.now) {
			t.Fatalf("a is %s until %v, and it is %v", s.Outcome, s.Until, w.now)
		}
	}
}
