package kubernetes

import (
	"context"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/leftovers"
)

// volumesPolicy is the label that says what becomes of volumes. It is a parameter
// of the stack too: a document that says lifecycle: Absent needs no labels.
const volumesPolicy = "volumes_policy"

// What becomes of the volumes of claims when their cluster is deleted.
const (
	retainVolumes = "retain"
	deleteVolumes = "delete"
)

// Clean implements heatstack.Cleaner: load balancers of services and ingresses with
// their floating IPs go, as Magnum has it (magnum/common/octavia.py), and volumes where
// the policy says so. An adopted stack's controllers were given another name than
// its, so nothing can be told to be theirs.
func (Driver) Clean(ctx context.Context, in driver.ApplyInput, held map[string]string) ([]string, *driver.Fault) {
	if in.StackName != heatstack.StackName(driver.Cluster{Fleet: in.Cluster.Fleet, Name: in.Cluster.Name}) {
		return nil, nil
	}
	return leftovers.CleanStep(ctx, in, policyOf(in.Cluster, held) == deleteVolumes)
}

// policyOf is what the document says, where there is more left of it than a name,
// else what the stack was made with. Without a word volumes are kept.
func policyOf(c driver.Cluster, held map[string]string) string {
	if c.COE != "" {
		return c.Labels[volumesPolicy]
	}
	return held[volumesPolicy]
}
