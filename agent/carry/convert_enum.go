package carry

import (
	"fmt"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// The contract's words and the engine's, side by side. What a driver sends and
// is not here is a broken driver's word: it is told as such and never guessed.
var (
	effects = map[driver.Effect]plan.Effect{
		driver.EffectUnspecified: "",
		driver.EffectNone:        plan.None, driver.EffectInPlace: plan.InPlace, driver.EffectAdd: plan.Add,
		driver.EffectRemove: plan.Remove, driver.EffectReboot: plan.Reboot, driver.EffectRolling: plan.Rolling,
		driver.EffectReplace: plan.Replace, driver.EffectRefused: plan.Refused,
	}
	stepKinds = map[driver.StepKind]plan.StepKind{
		driver.StepCreate: plan.StepCreate, driver.StepUpdate: plan.StepUpdate, driver.StepDelete: plan.StepDelete,
		driver.StepAdopt: plan.StepAdopt, driver.StepDrain: plan.StepDrain,
	}
	severities = map[driver.Severity]plan.Severity{
		driver.SeverityError: plan.Error, driver.SeverityWarning: plan.Warning,
	}
	verdicts = map[driver.Verdict]reconcile.Verdict{
		driver.Accepted: reconcile.Accepted, driver.Refused: reconcile.Refused,
		driver.Stale: reconcile.Stale, driver.Ambiguous: reconcile.Ambiguous,
	}
	healths = map[driver.Health]reconcile.Health{
		driver.Healthy: reconcile.Healthy, driver.Unhealthy: reconcile.Unhealthy, driver.Unknown: reconcile.Unknown,
	}
	parts = map[driver.Part]live.Part{
		driver.PartShow: live.PartShow, driver.PartTemplate: live.PartTemplate,
		driver.PartResources: live.PartResources, driver.PartOutputs: live.PartOutputs,
		driver.PartNodes: live.PartNodes,
	}
	intents = map[plan.Intent]driver.Intent{
		plan.Present: driver.IntentPresent, plan.Absent: driver.IntentAbsent, plan.Adopt: driver.IntentAdopt,
	}
)

// word looks a driver's word up.
func word[D comparable, E any](words map[D]E, what string, d D) (E, error) {
	e, ok := words[d]
	if !ok {
		return e, fmt.Errorf("the driver answered an unknown %s (%v)", what, d)
	}
	return e, nil
}

// said finds the contract's word for the engine's.
func said[D comparable, E comparable](words map[D]E, e E) D {
	var none D
	for d, w := range words {
		if w == e {
			return d
		}
	}
	return none
}
