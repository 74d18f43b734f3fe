package agent

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

// stepLife is what a step's token must still live: longer than the host lets a
// step take, so that no step dies of its token half way.
const stepLife = 15 * time.Minute

// do carries out one step. It is counted from here until its answer is in, so
// that a stop knows whether anything may be in flight.
func (l *loop) do(c reconcile.Do) {
	l.doing++
	l.work.Add(1)
	l.slotsOf(c.Driver, stepCalls).run(func() {
		defer l.work.Done()
		if l.reads.Err() != nil { // stopped before its turn: it was never begun
			l.inbox.put(func() { l.doing-- })
			return
		}
		ev := reconcile.StepEnded{ID: c.ID, Verdict: reconcile.Stale, Fault: &notWanted}
		if l.wants(c) {
			ev = l.step(l.writes, c)
		}
		l.inbox.put(func() {
			l.doing--
			l.doubt = l.doubt || l.stopping && ev.Verdict == reconcile.Ambiguous
			l.handle(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
		})
	})
}

// notWanted is the end of a step whose turn came too late.
var notWanted = reconcile.Fault{Code: reconcile.FaultConflict, Who: reconcile.Nobody, Transient: true, Summary: "something else is asked since this step was planned"}

// wants asks the engine, from the goroutine of a step, whether the step that
// waited for its turn is still to be done. A loop that has ended wants nothing.
func (l *loop) wants(c reconcile.Do) bool {
	wanted := make(chan bool, 1)
	l.inbox.put(func() { wanted <- l.engine.Wants(c) })
	select {
	case ok := <-wanted:
		return ok && l.reads.Err() == nil
	case <-l.ended:
		return false
	}
}

// step asks the driver to write. Nothing has been sent until Apply is called;
// after that only the driver's own word says that nothing was taken, and all
// else is ambiguous.
func (l *loop) step(ctx context.Context, c reconcile.Do) reconcile.StepEnded {
	ev := reconcile.StepEnded{ID: c.ID, Verdict: reconcile.Refused}
	d, err := l.drivers.Driver(c.Driver)
	if err != nil {
		ev.Fault = brokenDriver(c.Driver, err)
		return ev
	}
	credential, err := l.cloud.Credential(ctx, stepLife)
	if err != nil {
		f := l.cloud.Fault(err)
		ev.Fault = &f
		return ev
	}
	return endedStep(c, d.Apply(ctx, l.applyInput(c, credential), func(line string) {
		l.log.Debug("driver tells", keyCluster, c.Cluster, keyDriver, c.Driver, "message", line)
	}))
}

func (l *loop) applyInput(c reconcile.Do, credential driver.Credential) driver.ApplyInput {
	return driver.ApplyInput{
		Step: c.Step.ID, Kind: said(stepKinds, c.Step.Kind), Intent: intents[c.Intent],
		Cluster:   clusterOf(l.fleet, c.Spec),
		StackName: c.StackName, StackID: c.StackID, Tags: c.Tags, Digest: c.Digest,
		Precondition: preconditionOf(c.Precondition), Credential: credential,
	}
}

// endedStep reads a driver's result. A verdict that is none may hide anything.
func endedStep(c reconcile.Do, r driver.Result) reconcile.StepEnded {
	verdict, err := word(verdicts, "verdict", r.Verdict)
	if err != nil {
		return reconcile.StepEnded{ID: c.ID, Verdict: reconcile.Ambiguous, Fault: brokenDriver(c.Driver, fmt.Errorf("step: %w", err))}
	}
	ev := reconcile.StepEnded{ID: c.ID, Verdict: verdict, StackID: r.StackID}
	if verdict != reconcile.Accepted {
		ev.Fault = faultOf(c.Driver, r.Fault)
	}
	return ev
}

// oneLine is an error as people see it.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
