package heatstack_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// beginning is a world whose driver has a parameter that only a create sends, and a
// clock of the test's.
func beginning(t *testing.T) (w *world, clock *time.Time) {
	t.Helper()
	w = newWorld(t)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	w.d = heatstack.New(toy{change: func(s *heatstack.Stack) {
		s.Template = strings.Replace(toyTemplate, "parameters:\n", "parameters:\n  new_until: {type: string, default: ''}\n", 1)
		if w.c.Flavor == "never" {
			s.Template = strings.Replace(s.Template, "properties: {value:", "properties: {fail: true, value:", 1)
		}
		s.Begin = "new_until"
	}}, heatstack.WithTransport(w.sim.RoundTripper()), heatstack.WithClock(func() time.Time { return now }))
	return w, &now
}

// holds is what Heat holds of the parameter.
func (w *world) holds() string {
	w.Helper()
	live := w.stack(heatstack.StackName(w.c))
	shown, err := w.client.Show(w.Context(), heat.Ref{Name: live.Name, ID: live.ID}, false)
	if err != nil {
		w.Fatal(err)
	}
	return shown.Parameters["new_until"]
}

func (w *world) updates(flavor string) {
	w.Helper()
	w.c.Flavor = flavor
	in := w.next()
	in.Credential.Expires = time.Time{}
	if r := w.apply(in); r.Verdict != driver.Accepted {
		w.Fatalf("%+v", r)
	}
	w.sim.Settle()
}

func until(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// TestOnlyACreateBegins: what a create says to new servers ends, an update of a
// complete stack never says it anew, and nothing of it is a difference.
func TestOnlyACreateBegins(t *testing.T) {
	w, now := beginning(t)
	made := *now
	live := w.created()
	if got, want := w.holds(), until(made.Add(6*time.Hour)); got != want {
		t.Fatalf("a create says %q, want %q", got, want)
	}
	*now = made.Add(time.Minute)
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live, Deep: true}); len(p.Steps) > 0 {
		t.Errorf("it is a difference: %+v", p)
	}
	w.updates("soon") // its servers may not have read it yet
	if got, want := w.holds(), until(made.Add(6*time.Hour)); got != want {
		t.Errorf("an update soon after says %q, want %q", got, want)
	}
	*now = made.Add(7 * time.Hour)
	w.updates("late")
	if got := w.holds(); got != "" {
		t.Errorf("an update says %q after the time", got)
	}
	*now = made.Add(time.Minute) // whatever the clock says
	w.updates("later")
	if got := w.holds(); got != "" {
		t.Errorf("an update says %q once it was taken away", got)
	}
}

// TestACreateThatFailedBegins however late it is mended.
func TestACreateThatFailedBegins(t *testing.T) {
	w, now := beginning(t)
	w.c.Flavor = "never"
	live := w.created()
	if live.Status != "CREATE_FAILED" {
		t.Fatalf("the stack is %s", live.Status)
	}
	*now = now.Add(48 * time.Hour)
	w.updates("big")
	if got, want := w.holds(), until(now.Add(6*time.Hour)); got != want {
		t.Errorf("the update that mends a create says %q, want %q", got, want)
	}
}
