package carry

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
		return DriverFault(name, e)
	}
	return &reconcile.Fault{
		Code: reconcile.FaultDriver, Who: reconcile.Operator, Transient: true,
		Summary: fmt.Sprintf("driver %q: %s", name, OneLine(err)),
		Remedy:  "see the driver's log lines; report it to its author",
	}
}

// DriverFault reads the host's own error.
func DriverFault(name string, e *driverhost.Error) *reconcile.Fault {
	f := &reconcile.Fault{
		Code: reconcile.FaultDriver, Who: reconcile.Operator, Transient: true,
		Summary: fmt.Sprintf("driver %q: %s", name, e.Detail), Remedy: e.Remedy,
	}
	if e.Err != nil {
		f.Summary += ": " + OneLine(e.Err)
	}
	if f.Remedy == "" {
		f.Remedy = "see the driver's log lines and `heatsync driver list`"
	}
	return f
}

// Render validates and renders: one answer with the diagnostics of both.
func (c *Carrier) Render(cmd reconcile.AskRender) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.Rendered{ID: cmd.ID}
		d, err := c.drivers.Driver(cmd.Driver)
		if err == nil {
			err = c.renderWith(ctx, d, cmd, &ev)
		}
		if err != nil {
			ev = reconcile.Rendered{ID: cmd.ID, Fault: brokenDriver(cmd.Driver, err)}
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}

func (c *Carrier) renderWith(ctx context.Context, d Driver, cmd reconcile.AskRender, ev *reconcile.Rendered) error {
	cluster := ClusterOf(c.fleet, cmd.Spec)
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
	r, err := d.Render(ctx, driver.RenderInput{Cluster: cluster, Secrets: idsOf(cmd.Secrets)})
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

// Plan asks for a plan, or for what the driver has to know first.
func (c *Carrier) Plan(cmd reconcile.AskPlan) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.Planned{ID: cmd.ID}
		d, err := c.drivers.Driver(cmd.Driver)
		if err == nil {
			err = c.planWith(ctx, d, cmd, &ev)
		}
		if err != nil {
			ev = reconcile.Planned{ID: cmd.ID, Fault: brokenDriver(cmd.Driver, fmt.Errorf("plan: %w", err))}
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}

func (c *Carrier) planWith(ctx context.Context, d Driver, cmd reconcile.AskPlan, ev *reconcile.Planned) error {
	in := driver.PlanInput{
		Intent: intents[cmd.Intent], Cluster: ClusterOf(c.fleet, cmd.Spec),
		Parts: PartsOf(cmd.Parts), Deep: cmd.Deep, Recover: cmd.Recover, Secrets: idsOf(cmd.Secrets),
	}
	if cmd.Row != nil {
		s := StackOf(*cmd.Row)
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
