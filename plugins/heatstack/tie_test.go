package heatstack_test

import (
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// TestAnotherSetOfSecretsIsNotRolledOut plans with a store that holds another set
// than the stack was made with, beside a change of the document and without one.
func TestAnotherSetOfSecretsIsNotRolledOut(t *testing.T) {
	w := newWorld(t)
	live := w.created()
	other := []driver.Secret{{Name: "join", ID: "v2"}}
	for _, flavor := range []string{w.c.Flavor, "big"} {
		w.c.Flavor = flavor
		p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live, Secrets: other})
		if len(p.Steps) != 0 || len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != "secret" || p.Diagnostics[0].Remedy == "" {
			t.Errorf("flavor %s: %+v", flavor, p)
		}
	}
	if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: live}); len(p.Steps) != 1 || driver.HasErrors(p.Diagnostics) {
		t.Errorf("with its own set: %+v", p)
	}
}
