package agent

import (
	"context"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// engine is the policy of one fleet; *reconcile.Engine is one.
type engine interface {
	Handle(reconcile.Event) reconcile.Output
	Status() reconcile.FleetStatus
	Hints() reconcile.Hints
	Snapshot() ([]byte, error)
	// Wants tells whether a step not begun yet is still to be done.
	Wants(reconcile.Do) bool
}

// source is where a fleet's files come from; *gitsource.Source and
// *gitsource.Folder are such.
type source interface {
	Latest(context.Context) (*gitsource.Snapshot, bool, error)
	LastGood() (*gitsource.Snapshot, bool)
	Accept(context.Context, *gitsource.Snapshot) error
	Close() error
}

// cloud is one project: its stacks, read, and tokens to write with.
type cloud interface {
	// Identity names the project for good; an error means that it is not known yet.
	Identity(context.Context) (string, error)
	// Inventory gives every row, and whether absence from it proves anything.
	Inventory(context.Context) ([]live.Row, bool, error)
	// Recent gives the rows updated last.
	Recent(context.Context) ([]live.Row, error)
	// InProgress gives the rows of these ids.
	InProgress(ctx context.Context, ids []string) ([]live.Row, error)
	// Look gives every row of the names and of the id, deleted ones too.
	Look(ctx context.Context, names []string, id string) ([]live.Row, error)
	ReadParts(ctx context.Context, name, id string, parts []live.Part) (live.Parts, error)
	// Credential gives a token whose remaining life is at least life.
	Credential(ctx context.Context, life time.Duration) (driver.Credential, error)
	// Fault tells what an error of the above means.
	Fault(error) reconcile.Fault
	Close()
}

// drivers are the drivers that run; safe for concurrent use.
type drivers interface {
	// Driver gives the running driver of that name, or why there is none.
	Driver(name string) (runningDriver, error)
}

// runningDriver is one driver, whichever process it is; *driverhost.Handle is
// one. Each call has a deadline of the host's.
type runningDriver interface {
	Validate(context.Context, driver.Cluster) ([]driver.Diagnostic, error)
	Render(context.Context, driver.RenderInput) (driver.Rendered, error)
	Plan(context.Context, driver.PlanInput) (driver.Plan, error)
	// Apply always gives a verdict: Ambiguous for a call that broke.
	Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result
	CheckHealth(context.Context, driver.HealthInput) (driver.HealthReport, error)
}
