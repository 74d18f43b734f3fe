package access

import (
	"context"
	"fmt"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/plugins/driver"
)

// Giver is a driver that tells what a client needs; *driverhost.Handle is one.
type Giver interface {
	GetAccess(context.Context, driver.Cluster, driver.Stack, driver.Parts) (driver.Access, error)
}

// Environment asks the driver that made the cluster's stack what a client needs.
// giver gives a driver by its name.
func (c Cluster) Environment(ctx context.Context, giver func(name string) (Giver, error)) (driver.Access, error) {
	row, parts, err := c.stack(ctx)
	if err != nil {
		return driver.Access{}, err
	}
	g, err := giver(row.Marks().Driver)
	if err != nil {
		return driver.Access{}, err
	}
	a, err := g.GetAccess(ctx, driver.Cluster{Fleet: c.Fleet, Name: c.Name}, carry.StackOf(row), carry.PartsOf(parts))
	if err != nil {
		return driver.Access{}, err
	}
	for _, d := range a.Diagnostics {
		if len(a.Environment) == 0 && len(a.Files) == 0 {
			return driver.Access{}, fmt.Errorf("cluster %q: %s (%s)", c.Name, d.Summary, d.Remedy)
		}
	}
	return a, nil
}
