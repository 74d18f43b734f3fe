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

// Nor does one that hangs and is left as it is, because the fleet only reports
// drift.
func TestReportedDriftThatHangsTakesNoPlaceInTheRollout(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("drift: report, rollout: {maxConcurrent: 1}"))
	w.push().run(2 * time.Minute)
	s := w.one("b")
	w.meddled = true
	s.params, s.row.Status, s.row.Updated = "meddled", live.Status{Action: live.Update, State: live.InProgress}, w.now
	w.run(2 * time.Hour)
	w.is("b held/drift")
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.is("a settled", "b held/drift")
	w.wrote("update a")
}
