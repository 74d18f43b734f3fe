package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

var update = []plan.Step{{ID: "update", Title: "update stack prod--a", Kind: plan.StepUpdate}}

// What plan's exit code says: 0 only where nothing is to be done and nothing stands
// in the way.
func TestReportTellsWhatStandsInTheWay(t *testing.T) {
	for _, c := range []struct {
		name            string
		c               ClusterReport
		pending, failed bool
	}{
		{"settled", ClusterReport{Outcome: reconcile.Settled}, false, false},
		{"an update", ClusterReport{Outcome: reconcile.Waiting, Code: reconcile.WaitUpdate, Steps: update}, true, false},
		{"Heat is at work", ClusterReport{Outcome: reconcile.Waiting, Code: reconcile.WaitUpdate}, true, false},
		{"a driver's change that is held", ClusterReport{Outcome: reconcile.Held, Code: reconcile.HeldDriverChange, Steps: update}, true, false},
		{"a stack without a document", ClusterReport{Outcome: reconcile.Held, Code: reconcile.HeldOrphan}, false, false},
		{"left alone as it says", ClusterReport{Outcome: reconcile.Held, Code: reconcile.HeldSuspended}, false, false},
		{"no secret store", ClusterReport{Outcome: reconcile.Held, Code: reconcile.HeldSecret}, true, true},
		{"a document that cannot be read", ClusterReport{Outcome: reconcile.Held, Code: reconcile.HeldUnreadable}, true, true},
		{"stalled", ClusterReport{Outcome: reconcile.Stalled, Code: reconcile.FaultConfig}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Report{Fleets: []FleetReport{{Clusters: []ClusterReport{c.c}}}}
			if r.Pending() != c.pending || r.Failed() != c.failed {
				t.Errorf("pending %v, failed %v; want %v, %v", r.Pending(), r.Failed(), c.pending, c.failed)
			}
		})
	}
}

func TestReportOfAnAgentThatWritesTellsTheStep(t *testing.T) {
	planned := ClusterReport{Name: "a", Outcome: reconcile.Waiting, Code: reconcile.WaitReadOnly, Message: "this agent does not write: update stack prod--a", Steps: update}
	heldBack := ClusterReport{Name: "b", Outcome: reconcile.Held, Code: reconcile.HeldDriverChange, Message: "driver x", Remedy: "approve", Who: reconcile.Operator, Steps: update}
	f := FleetReport{Name: "prod", Revision: "1", Clusters: []ClusterReport{planned, heldBack}}
	f.asWritten()
	var b strings.Builder
	f.write(&b)
	want := `fleet prod at revision 1: 1 to change, 0 settled, 1 held, 0 others

  a: waiting (update): update stack prod--a
    step: update stack prod--a

  b: held (driver-change): driver x
    to do (operator): approve
    step: update stack prod--a
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGlanceLeavesTheStateFolderAsItIs(t *testing.T) {
	dir := t.TempDir()
	if h, note := glance(filepath.Join(dir, "none"), "prod"); h != nil || note != "" {
		t.Errorf("without a folder: %+v, %q", h, note)
	}
	file := state{dir: dir}.hints("prod")
	kept := reconcile.Hints{Clean: true, Paused: true, Clusters: map[string]reconcile.ClusterHint{"a": {StackID: "1", Updated: time.Unix(1, 0).UTC()}}}
	if err := file.write(1, kept); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(file.path)
	h, note := glance(dir, "prod")
	if diff := cmp.Diff(&kept, h); diff != "" || note != "" {
		t.Errorf("note %q, hints (-want +got):\n%s", note, diff)
	}
	if after, _ := os.ReadFile(file.path); string(after) != string(before) {
		t.Error("the hints were written to")
	}
	if err := os.WriteFile(file.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h, note := glance(dir, "prod"); h != nil || !strings.Contains(note, "a pause and a driver-change are not seen") {
		t.Errorf("damaged: %+v, %q", h, note)
	}
}
