package carry

import (
	"context"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// Source is where a fleet's files come from; *gitsource.Source is one.
type Source interface {
	Latest(context.Context) (*gitsource.Snapshot, bool, error)
	LastGood() (*gitsource.Snapshot, bool)
	Accept(context.Context, *gitsource.Snapshot) error
}

// Cloud is one project: its stacks, read, and tokens to write with. [Project] is
// one.
type Cloud interface {
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
}

// Secrets keeps sets of secrets; package secretstore has two.
type Secrets interface {
	Get(context.Context, secretstore.Owner) (secretstore.Set, error)
	Put(context.Context, secretstore.Set) error
	Delete(context.Context, secretstore.Owner) error
}

// Credentials makes what a cluster's own software reaches its project with.
// [Project] does.
type Credentials interface {
	// MakeCredential gives the credential as JSON, which is secret, and its id.
	MakeCredential(ctx context.Context, fleet, cluster string) (text []byte, id string, err error)
	// DropCredential deletes one; DropCredentials all of a cluster.
	DropCredential(ctx context.Context, fleet, cluster, id string) error
	DropCredentials(ctx context.Context, fleet, cluster string) error
}

// Drivers are the drivers that run; safe for concurrent use.
type Drivers interface {
	// Driver gives the running driver of that name, or why there is none.
	Driver(name string) (Driver, error)
}

// Driver is one driver, whichever process it is; *driverhost.Handle is one. Each
// call has a deadline of the host's.
type Driver interface {
	Validate(context.Context, driver.Cluster) ([]driver.Diagnostic, error)
	Render(context.Context, driver.RenderInput) (driver.Rendered, error)
	Plan(context.Context, driver.PlanInput) (driver.Plan, error)
	// Apply always gives a verdict: Ambiguous for a call that broke.
	Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result
	CheckHealth(context.Context, driver.HealthInput) (driver.HealthReport, error)
}
