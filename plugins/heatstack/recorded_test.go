package heatstack_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// TestRecordedFilesStay upgrades the driver: what running nodes booted stays, and
// what is new or not recorded follows the render.
func TestRecordedFilesStay(t *testing.T) {
	w := newWorld(t)
	version := func(files map[string]string) {
		w.with(func(s *heatstack.Stack) { s.Files, s.Recorded = files, []string{"boot"} })
	}
	version(map[string]string{"boot": "one", "notes": "one"})
	live := w.created()
	version(map[string]string{"boot": "two", "notes": "two"})
	in := w.next()
	if in.Digest == digestOf(live.Tags) {
		t.Error("the digest does not cover what the render says of a recorded file")
	}
	if r := w.apply(in); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	got, err := w.client.Files(t.Context(), heat.Ref{Name: live.Name, ID: live.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"boot": "one", "notes": "two"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: w.stack(live.Name)}); len(p.Steps) != 0 {
		t.Errorf("there is still something to do: %+v", p)
	}
}

func TestRecordedFilesUnreadWriteNothing(t *testing.T) {
	w := newWorld(t)
	w.with(func(s *heatstack.Stack) { s.Files, s.Recorded = map[string]string{"boot": "one"}, []string{"boot"} })
	w.created()
	w.c.Flavor = "big"
	in := w.next()
	w.script.Add(heatsim.Rule{Method: http.MethodGet, Path: "/stacks/*/*/files", Effect: heatsim.Refuse(http.StatusServiceUnavailable)})
	if r := w.apply(in); r.Verdict != driver.Refused || !r.Fault.Transient {
		t.Errorf("%+v", r)
	}
	if n := w.sim.Count("PUT /stacks/*/*"); n != 0 {
		t.Errorf("%d updates were sent", n)
	}
}
