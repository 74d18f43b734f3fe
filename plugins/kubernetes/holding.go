package kubernetes

import (
	"context"
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// holding is the driver with its plans held where they would replace nodes: Heat
// would replace all of a group at once, and what moves one after the other is not
// built yet. All else is the driver's inside.
type holding struct{ driver.Driver }

var (
	_ driver.Validator     = holding{}
	_ driver.Previewer     = holding{}
	_ driver.AccessGiver   = holding{}
	_ driver.HealthChecker = holding{}
)

// Validate implements driver.Validator.
func (h holding) Validate(c driver.Cluster) []driver.Diagnostic {
	return h.Driver.(driver.Validator).Validate(c)
}

// Preview implements driver.Previewer.
func (h holding) Preview(ctx context.Context, in driver.PreviewInput) (driver.PreviewReport, error) {
	return h.Driver.(driver.Previewer).Preview(ctx, in)
}

// GetAccess implements driver.AccessGiver.
func (h holding) GetAccess(c driver.Cluster, s driver.Stack, p driver.Parts) driver.Access {
	return h.Driver.(driver.AccessGiver).GetAccess(c, s, p)
}

// CheckHealth implements driver.HealthChecker.
func (h holding) CheckHealth(ctx context.Context, in driver.HealthInput) driver.HealthReport {
	return h.Driver.(driver.HealthChecker).CheckHealth(ctx, in)
}

// Plan implements driver.Planner: changes that are rolling are shown, and nothing
// is done of a plan that has one.
func (h holding) Plan(in driver.PlanInput) driver.Plan {
	p := h.Driver.Plan(in)
	for _, c := range p.Changes {
		if c.Effect != driver.EffectRolling {
			continue
		}
		d := driver.Diagnostic{
			Severity: driver.SeverityError, Code: "rolling-not-built", Path: c.Path,
			Summary: fmt.Sprintf("%s %q -> %q needs other nodes, and replacing nodes one after the other is not built yet", c.Path, c.From, c.To),
			Remedy:  wayOut(c),
		}
		if c.Drift {
			d.Summary = fmt.Sprintf("somebody changed %s to %q, and setting it back to %q needs other nodes, which is not built yet", c.Path, c.From, c.To)
			d.Remedy = "set it back by hand if Heat has not replaced the nodes, or write what the stack has"
		}
		if !slices.Contains(p.Diagnostics, d) { // an image is masters' and workers'
			p.Diagnostics = append(slices.Clone(p.Diagnostics), d)
		}
		p.Steps = nil
	}
	return p
}
