package reconcile

import (
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// A stack that somebody has Heat update, and that nobody here may free, takes no
// place in the rollout: it could hang for ever.
func TestOrphanThatHangsTakesNoPlaceInTheRollout(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
	delete(w.files, "b.yaml")
	w.push().run(2 * time.Minute)
	s := w.one("b")
	s.row.Status, s.row.Updated = live.Status{Action: live.Update, State: live.InProgress}, w.now
	w.run(10 * time.Minute)
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.is("a settled", "b held/orphan")
	w.wrote("update a")
}
