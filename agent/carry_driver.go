package agent

import (
	"context"
	"errors"
	"fmt"

	"github.com/heatsync/heatsync/internal/driverhost"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// brokenDriver is the fault of a call that gave no answer, or one that breaks
// the contract.
func brokenDriver(name string, err error) *reconcile.Fault {
	if e, ok := errors.AsType[*driverhost.Error](err); ok {
		return driverFault(name, e)
	}
	return &reconcile.Fault{
		Code: reconcile.FaultDriver, Who: reconcile.Operator, Transient: true,
		Summary: fmt.Sprintf("driver %q: %s", name, oneLine(err)),
		Remedy:  "see the driver's log lines; report it to its author",
	}
}

// driverFault reads the host's own error.
func driverFault(name string, e *driverhost.Error) *reconcile.Fault {
	f := &reconcile.Fault{
		Code: reconcile.FaultDriver, Who: reconcile.Operator, Transient: true,
		Summary: fmt.Sprintf("driver %q: %s", name, e.Detail), Remedy: e.Remedy,
	}
	if e.Err != nil {
		f.Summary += ": " + oneLine(e.Err)
	}
	if f.Remedy == "" {
		f.Remedy = "see the driver's log lines and `heatsync driver list`"
	}
	return f
}

// render validates and renders: one answer with the diagnostics of both.
func (l *loop) render(ctx context.Context, c reconcile.AskRender) answer {
	ev := reconcile.Rendered{ID: c.ID}
	d, err := l.drivers.Driver(c.Driver)
	if err == nil {
		err = l.renderWith(ctx, d, c, &ev)
	}
	if err != nil {
		ev = reconcile.Rendered{ID: c.ID, Fault: brokenDriver(c.Driver, err)}
	}
	return func(at reconcile.At) reconcile.Event { ev.At = at; return ev }
}

func (l *loop) renderWith(ctx context.Context, d runningDriver, c reconcile.AskRender, ev *reconcile.Rendered) error {
	cluster := clusterOf(l.fleet, c.Spec)
	found, err := d.Validate(ctx, cluster)
	if err != nil {
		return fmt.Errorf("validate: %w", err)
	}
	if ev.Diagnostics, err = diagnosticsOf(found); err != nil {
		return fmt.Errorf("validate: %w", err)
	}
	if driver.HasErrors(found) {
		return nil
	}
	r, err := d.Render(ctx, driver.RenderInput{Cluster: cluster})
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	more, err := diagnosticsOf(r.Diagnostics)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	ev.Diagnostics, ev.Digest, ev.Resources = merged(ev.Diagnostics, more), r.Digest, r.Resources
	if _, bad := plan.FirstError(ev.Diagnostics); bad {
		ev.Digest = ""
	} else if r.Digest == "" {
		return fmt.Errorf("render: the driver answered neither a digest nor an error")
	}
	return nil
}

// merged appends what is new: a driver may say the same in both calls.
func merged(a, b []plan.Diagnostic) []plan.Diagnostic {
	seen := set(a...)
	for _, d := range b {
		if !seen[d] {
			a = append(a, d)
		}
	}
	return a
}

func (l *loop) plan(ctx context.Context, c reconcile.AskPlan) answer {
	ev := reconcile.Planned{ID: c.ID}
	d, err := l.drivers.Driver(c.Driver)
	if err == nil {
		err = l.planWith(ctx, d, c, &ev)
	}
	if err != nil {
		ev = reconcile.Planned{ID: c.ID, Fault: brokenDriver(c.Driver, fmt.Errorf("plan: %w", err))}
	}
	return func(at reconcile.At) reconcile.Event { ev.At = at; return ev }
}

func (l *loop) planWith(ctx context.Context, d runningDriver, c reconcile.AskPlan, ev *reconcile.Planned) error {
	in := driver.PlanInput{
		Intent: intents[c.Intent], Cluster: clusterOf(l.fleet, c.Spec),
		Parts: partsOf(c.Parts), Deep: c.Deep, Recover: c.Recover,
	}
	if c.Row != nil {
		s := stackOf(*c.Row)
		in.Stack = &s
	}
	p, err := d.Plan(ctx, in)
	if err != nil {
		return err
	}
	if ev.Need, err = needOf(p.Need); err != nil {
		return err
	}
	if len(p.Need) == 0 {
		ev.Plan, err = planOf(p)
	}
	return err
}

func (l *loop) health(ctx context.Context, c reconcile.ReadHealth) answer {
	ev := reconcile.HealthRead{ID: c.ID, Health: reconcile.Unknown}
	d, err := l.drivers.Driver(c.Driver)
	if err == nil {
		err = l.healthWith(ctx, d, c, &ev)
	}
	if err != nil {
		ev = reconcile.HealthRead{ID: c.ID, Health: reconcile.Unknown, Fault: brokenDriver(c.Driver, fmt.Errorf("health: %w", err))}
	}
	return func(at reconcile.At) reconcile.Event { ev.At = at; return ev }
}

func (l *loop) healthWith(ctx context.Context, d runningDriver, c reconcile.ReadHealth, ev *reconcile.HealthRead) error {
	r, err := d.CheckHealth(ctx, driver.HealthInput{Cluster: clusterOf(l.fleet, c.Spec), Stack: stackOf(c.Row)})
	if err != nil {
		return err
	}
	if ev.Health, err = word(healths, "health", r.Health); err != nil {
		return err
	}
	ev.Reasons = r.Reasons
	for _, n := range r.Nodes {
		if n.Ready {
			ev.Nodes++
		}
	}
	return nil
}
