package reconcile

import (
	"testing"
	"time"
)

// TestP5StepThatWaitsForItsTurnIsAskedFirst holds what stops a step that was
// asked for and not begun.
func TestP5StepThatWaitsForItsTurnIsAskedFirst(t *testing.T) {
	for name, tt := range map[string]struct {
		between func(w *world)
		want    bool
	}{
		"nothing":              {func(*world) {}, true},
		"another cluster":      {func(w *world) { w.file("c.yaml", clusterDoc("c", ", flavor: big")) }, true},
		"a pause":              {func(w *world) { w.e.Handle(Asked{At: w.at(), Ask: Pause}) }, false},
		"read-only":            {func(w *world) { s := w.settings(); s.ReadOnly = true; w.e.Handle(SettingsChanged{w.at(), s}) }, false},
		"a newer spec":         {func(w *world) { w.file("b.yaml", clusterDoc("b", ", flavor: bigger")) }, false},
		"suspended":            {func(w *world) { w.file("b.yaml", clusterDoc("b", ", flavor: big, lifecycle: Suspended")) }, false},
		"absent":               {func(w *world) { w.file("b.yaml", clusterDoc("b", ", lifecycle: Absent")) }, false},
		"unreadable":           {func(w *world) { w.file("b.yaml", "kind: [") }, false},
		"the file vanished":    {func(w *world) { delete(w.files, "b.yaml") }, false},
		"the Fleet is no more": {func(w *world) { delete(w.files, "fleet.yaml") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := five(t)
			asked := false
			w.onDo = func(c Do) *StepEnded {
				if asked {
					return nil
				}
				asked = true
				tt.between(w)
				w.e.Handle(w.readSource())
				if got := w.e.Wants(c); got != tt.want {
					t.Errorf("wanted: %v, want %v", got, tt.want)
				}
				return &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Transient: true, Summary: "not wanted"}}
			}
			w.file("b.yaml", clusterDoc("b", ", flavor: big"))
			w.push()
			if !asked {
				t.Fatal("no step was asked for")
			}
		})
	}
}

func TestP3StepIsNotBegunOnceADoubleIsKnown(t *testing.T) {
	w := five(t)
	asked := 0
	w.onDo = func(c Do) *StepEnded {
		asked++
		s := w.one("b")
		w.make("payments-x7f", s.row.Tags, "x", "")
		l := w.e.lane(LaneInventory)
		l.Open, l.Asked = true, w.now
		w.e.Handle(w.list(List{Lane: LaneInventory}))
		if w.e.Wants(c) {
			t.Error("the step is still wanted though two stacks are known")
		}
		return &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Transient: true, Summary: "not wanted"}}
	}
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Hour)
	w.wrote()
	w.is("b stalled/conflict")
	if asked != 1 {
		t.Errorf("%d steps were asked for, want 1", asked)
	}
}

func TestP2DeleteThatWaitsForItsTurnIsCountedAgain(t *testing.T) {
	w := five(t)
	w.onDo = func(c Do) *StepEnded {
		w.file("c.yaml", clusterDoc("c", ", lifecycle: Absent"))
		w.e.Handle(w.readSource())
		if w.e.Wants(c) {
			t.Error("the delete is still wanted though two are asked away")
		}
		return &StepEnded{Verdict: Stale, Fault: &Fault{Code: FaultConflict, Transient: true, Summary: "not wanted"}}
	}
	w.file("b.yaml", clusterDoc("b", ", lifecycle: Absent"))
	w.push()
	w.wrote()
}
