package heatstack_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// release makes the driver of a release: its own colour, which a live stack keeps,
// and files of it.
func (w *world) release(colour string, unmade bool, files ...string) {
	w.with(func(s *heatstack.Stack) {
		s.Files, s.Kept, s.Recorded = map[string]string{}, []string{"colour"}, files
		s.Parameters["colour"] = colour
		configs := "resources:\n"
		for _, f := range files {
			s.Files[f] = colour
			configs += "  c_" + f + ":\n    type: OS::Heat::SoftwareConfig\n    properties: {config: {get_file: " + f + "}}\n"
			if unmade {
				if s.Unmade == nil {
					s.Unmade = map[string]driver.Diagnostic{}
				}
				s.Unmade[f] = driver.Diagnostic{Severity: driver.SeverityError, Code: "gone", Summary: "there is no " + colour, Remedy: "paint"}
			}
		}
		s.Template = strings.Replace(toyTemplate, "resources:\n", configs, 1)
	})
}

func (w *world) told(code string, s driver.Severity) bool {
	w.Helper()
	for _, d := range w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: w.stack(heatstack.StackName(w.c))}).Diagnostics {
		if d.Code == code && d.Severity == s && d.Remedy != "" {
			return true
		}
	}
	return false
}

// TestKeptParametersStay upgrades a driver whose default moved: the stack keeps what
// it has, other changes go on, and what would be of both is refused with the way out.
func TestKeptParametersStay(t *testing.T) {
	w := newWorld(t)
	w.release("red", false, "one")
	live := w.created()
	w.release("blue", false, "one")
	w.c.Flavor = "big"
	if !w.told("kept", driver.SeverityWarning) {
		t.Error("nothing tells that it stays")
	}
	in := w.next()
	if r := w.apply(in); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	shown, err := w.client.Show(t.Context(), heat.Ref{Name: live.Name, ID: live.ID}, false)
	if err != nil || shown.Parameters["colour"] != "red" || shown.Parameters["flavor"] != "big" {
		t.Errorf("%v %v", shown.Parameters, err)
	}
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: w.stack(live.Name), Deep: true}); len(p.Steps) != 0 {
		t.Errorf("there is still something to do: %+v", p)
	}
	w.release("blue", false, "one", "two")
	if !w.told("kept", driver.SeverityError) {
		t.Error("a new file is made beside what has another value")
	}
}

// TestUnmadeFilesStay: a file that cannot be made any more is no hindrance for a stack
// that has it, and one for a create and for a stack that lacks it.
func TestUnmadeFilesStay(t *testing.T) {
	w := newWorld(t)
	w.release("red", true, "one")
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent}); len(p.Steps) > 0 || !driver.HasErrors(p.Diagnostics) {
		t.Errorf("a create plans %+v", p)
	}
	w.release("red", false, "one")
	live := w.created()
	w.release("red", true, "one")
	w.c.Flavor = "big"
	if r := w.apply(w.next()); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	got, err := w.client.Files(t.Context(), heat.Ref{Name: live.Name, ID: live.ID})
	if err != nil || got["one"] != "red" {
		t.Errorf("%v %v", got, err)
	}
	w.release("red", true, "one", "two")
	if !w.told("gone", driver.SeverityError) {
		t.Error("a file that cannot be made is sent")
	}
}
