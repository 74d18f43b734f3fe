package carry

import (
	"context"
	"fmt"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// Stack gives the stack that carries a cluster's tags, whatever its name.
func (p *Project) Stack(ctx context.Context, fleet, cluster string) (live.Row, error) {
	c, err := p.open(ctx)
	if err != nil {
		return live.Row{}, err
	}
	rows, err := c.Heat().List(ctx, heat.Query{TagsAny: []string{live.TagCluster + cluster}})
	if err != nil {
		return live.Row{}, err
	}
	var found []live.Row
	for _, r := range rows {
		if r.Marks().Owns(fleet, cluster) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return live.Row{}, fmt.Errorf("cluster %q of fleet %q has no stack", cluster, fleet)
	case 1:
		return found[0], nil
	}
	return live.Row{}, fmt.Errorf("cluster %q of fleet %q has two stacks: %s and %s", cluster, fleet, found[0].ID, found[1].ID)
}
