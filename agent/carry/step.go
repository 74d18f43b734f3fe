package carry

import (
	"context"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// stepLife is what a step's token must still live: longer than the host lets a
// step take, so that no step dies of its token half way.
const stepLife = 15 * time.Minute

// Step asks the driver to write. Nothing has been sent until Apply is called;
// after that only the driver's own word says that nothing was taken, and all
// else is ambiguous. The caller stamps the event.
func (c *Carrier) Step(ctx context.Context, cmd reconcile.Do) reconcile.StepEnded {
	ev := reconcile.StepEnded{ID: cmd.ID, Verdict: reconcile.Refused}
	d, err := c.drivers.Driver(cmd.Driver)
	if err != nil {
		ev.Fault = brokenDriver(cmd.Driver, err)
		return ev
	}
	secrets, same, err := c.stepSecrets(ctx, cmd)
	switch {
	case err != nil:
		ev.Fault = c.secretsFault(err)
		return ev
	case !same:
		return otherSecrets(cmd)
	}
	credential, err := c.cloud.Credential(ctx, stepLife)
	if err != nil {
		f := c.cloud.Fault(err)
		ev.Fault = &f
		return ev
	}
	in := c.applyInput(cmd, credential, secrets)
	if cmd.Step.Kind == plan.StepDrain {
		if in.API, err = c.clusterAPI(ctx, cmd.Cluster, cmd.APIAddress); err != nil && cmd.Intent != plan.Absent {
			ev.Fault = &reconcile.Fault{Code: reconcile.FaultDependency, Who: reconcile.Operator, Transient: true, Summary: OneLine(err), Remedy: "look at the fleet's secret store"}
			return ev
		}
	}
	return endedStep(cmd, d.Apply(ctx, in, func(line string) { c.progress(cmd, line) }))
}

// NotWanted is the end of a step whose turn came when the engine asked for
// something else already: it was never begun.
func NotWanted(cmd reconcile.Do) reconcile.StepEnded {
	return reconcile.StepEnded{ID: cmd.ID, Verdict: reconcile.Stale, Fault: &reconcile.Fault{
		Code: reconcile.FaultConflict, Who: reconcile.Nobody, Transient: true,
		Summary: "something else is asked since this step was planned",
	}}
}

// stepSecrets reads what the step is trusted with. A delete, and what comes before
// it, is with none: it goes on whatever the store does.
func (c *Carrier) stepSecrets(ctx context.Context, cmd reconcile.Do) ([]driver.Secret, bool, error) {
	if cmd.Step.Kind == plan.StepDelete || cmd.Step.Kind == plan.StepDrain && cmd.Intent == plan.Absent {
		return nil, true, nil
	}
	return c.valuesOf(ctx, cmd.Cluster, cmd.Secrets)
}

// otherSecrets is the end of a step that was planned with other versions than the
// store holds: it was never begun.
func otherSecrets(cmd reconcile.Do) reconcile.StepEnded {
	return reconcile.StepEnded{ID: cmd.ID, Verdict: reconcile.Stale, Fault: &reconcile.Fault{
		Code: reconcile.FaultConflict, Who: reconcile.Nobody, Transient: true,
		Summary: "the secret store holds other secrets of the cluster than the step was planned with",
	}}
}

func (c *Carrier) applyInput(cmd reconcile.Do, credential driver.Credential, secrets []driver.Secret) driver.ApplyInput {
	return driver.ApplyInput{
		Step: cmd.Step.ID, Kind: said(stepKinds, cmd.Step.Kind), Intent: intents[cmd.Intent],
		Cluster:   ClusterOf(c.fleet, cmd.Spec),
		StackName: cmd.StackName, StackID: cmd.StackID, Tags: cmd.Tags, Digest: cmd.Digest,
		Precondition: preconditionOf(cmd.Precondition), Credential: credential, Secrets: secrets, Nodes: nodesOfStep(cmd.Step.Nodes),
	}
}

// endedStep reads a driver's result. A verdict that is none may hide anything.
func endedStep(cmd reconcile.Do, r driver.Result) reconcile.StepEnded {
	verdict, err := word(verdicts, "verdict", r.Verdict)
	if err != nil {
		return reconcile.StepEnded{ID: cmd.ID, Verdict: reconcile.Ambiguous, Fault: brokenDriver(cmd.Driver, fmt.Errorf("step: %w", err))}
	}
	ev := reconcile.StepEnded{ID: cmd.ID, Verdict: verdict, StackID: r.StackID}
	if cmd.Step.Kind == plan.StepDrain && verdict == reconcile.Accepted {
		ev.Pending, ev.WaitsFor = r.Pending, r.WaitsFor
	}
	if verdict != reconcile.Accepted {
		ev.Fault = faultOf(cmd.Driver, r.Fault)
	}
	return ev
}
