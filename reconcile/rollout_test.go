package reconcile

import (
	"slices"
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

// updatingB is a fleet that changes one cluster at a time, in which Heat has begun an
// update of b that takes so long; what is begun later takes as long as ever.
func updatingB(t *testing.T, takes time.Duration) *world {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
	w.push().run(2 * time.Minute)
	short := w.took
	w.took = takes
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(2 * time.Minute)
	w.took = short
	return w
}

// An update of ours that hangs gives its place in the rollout back when its time is
// over and nobody here will free it: the document vanished, was suspended, or cannot
// be read any more.
func TestOwnUpdateThatHangsGivesItsPlaceBack(t *testing.T) {
	for outcome, leave := range map[string]func(*world){
		"held/orphan":     func(w *world) { delete(w.files, "b.yaml") },
		"held/suspended":  func(w *world) { w.file("b.yaml", clusterDoc("b", ", flavor: big, lifecycle: Suspended")) },
		"held/unreadable": func(w *world) { w.file("b.yaml", clusterDoc("b", ", flavor: [big")) },
	} {
		t.Run(outcome, func(t *testing.T) {
			w := updatingB(t, 24*time.Hour)
			leave(w)
			w.file("a.yaml", clusterDoc("a", ", flavor: big"))
			w.push().run(50 * time.Minute)
			w.is("a held/rollout", "b "+outcome)
			w.run(25 * time.Minute)
			w.is("a settled", "b "+outcome)
			w.wrote("update b", "update a")
		})
	}
}

// Nor is a second stack a reason to change more clusters than the rollout allows: what
// was begun goes on.
func TestUpdateOfWhatBecomesADoubleKeepsItsPlace(t *testing.T) {
	w := updatingB(t, 20*time.Minute)
	b := w.one("b").row
	w.make("copy-of-b", b.Tags, "theirs", "a copy")
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.is("a held/rollout", "b stalled/conflict")
	w.run(20 * time.Minute)
	w.is("a settled", "b stalled/conflict")
	w.wrote("update b", "update a")
}

// An update whose answer comes after its cluster was asked away has its place until the
// delete has overtaken it.
func TestUpdateOfWhatIsAskedAwayKeepsItsPlaceUntilTheDelete(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}, maxDeletes: 1"))
	w.push().run(2 * time.Minute)
	w.hold = steps
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push()
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.file("b.yaml", absentDoc("b"))
	w.push()
	w.is("a held/rollout")
	w.release()
	w.run(10 * time.Minute)
	w.is("a settled", "b settled")
	if want := []string{"update b", "delete b", "update a"}; !slices.Equal(w.done, want) {
		t.Errorf("writes in the order %q, want %q", w.done, want)
	}
}

// A step in flight is waited for though its document has vanished meanwhile, and so is
// its place kept: also where the stack lost its tags, which the step puts right.
func TestStepInFlightOutlivesItsDocument(t *testing.T) {
	w := five(t)
	w.file("fleet.yaml", fleetDoc("rollout: {maxConcurrent: 1}"))
	w.push().run(2 * time.Minute)
	w.hold = steps
	b := w.one("b")
	b.row.Tags, b.row.Updated = nil, w.now.Truncate(time.Second)
	w.run(5 * time.Minute)
	if len(w.held) != 1 {
		t.Fatalf("%d steps are in flight", len(w.held))
	}
	delete(w.files, "b.yaml")
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(time.Minute)
	w.is("a held/rollout")
	w.release()
	w.run(10 * time.Minute)
	w.is("a settled", "b held/orphan")
	if want := []string{"update b", "update a"}; !slices.Equal(w.done, want) {
		t.Errorf("writes in the order %q, want %q", w.done, want)
	}
}

// Nor is a stack that somebody takes the tags from, while Heat works on our update of
// it, one that is not being changed.
func TestUpdateOfWhatLosesItsTagsKeepsItsPlace(t *testing.T) {
	w := updatingB(t, 20*time.Minute)
	b := w.one("b")
	b.row.Tags, b.row.Updated = nil, w.now.Truncate(time.Second)
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(10 * time.Minute)
	w.is("a settled", "b settled")
	if want := []string{"update b", "update b", "update a"}; !slices.Equal(w.done, want) { // the second supersedes the first
		t.Errorf("writes in the order %q, want %q", w.done, want)
	}
}

// An update that hangs is not waited for beyond its time where neither document nor
// tags are left.
func TestHangingUpdateOfNobodysStackIsForgotten(t *testing.T) {
	w := five(t)
	w.took = 24 * time.Hour
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(2 * time.Minute)
	b := w.one("b")
	b.row.Tags, b.row.Updated = nil, w.now.Truncate(time.Second)
	delete(w.files, "b.yaml")
	w.push().run(3 * time.Hour)
	if !w.found(FoundGone, "b") {
		t.Errorf("%+v", w.status("b"))
	}
	w.wrote("update b")
}
