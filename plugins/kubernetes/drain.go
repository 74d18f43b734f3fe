package kubernetes

import (
	"context"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
)

// Unreachable implements heatstack.Drainer.
func (Driver) Unreachable(c driver.Cluster) string {
	switch {
	case c.AdoptedStack != "":
		return "its stack was made by another program, and does not tell whose a server is"
	case c.ServerType == "bm" && !cloudProvider(c):
		// The kubelet is told its server's id for the cloud provider; without it a
		// node has its firmware's, which Nova gives to virtual machines alone.
		return "its nodes do not say which servers they are: bare metal without cloud_provider_enabled"
	}
	return unreachable(c)
}

// Choose implements heatstack.Drainer.
func (Driver) Choose(c driver.Cluster, group string, members []driver.Node, count int) ([]driver.Node, []driver.Diagnostic) {
	g, _ := c.Group(group)
	return nodes.Choose(group, members, count, g.NodesToRemove)
}

// Drain implements heatstack.Drainer. A node has as long as Heat has for the
// update; then a person must see to it. Nothing is deleted against a budget.
func (Driver) Drain(ctx context.Context, in driver.ApplyInput) ([]string, *driver.Fault) {
	return nodes.DrainStep(ctx, in, nodes.DrainOptions{Deadline: time.Duration(in.Cluster.TimeoutMinutes) * time.Minute})
}

// groupOutput begins the names of the outputs that tell of a group; its servers are
// in there by index, as they have been since the driver's first release.
const groupOutput = "group_"

// shrinkable says how a group of workers loses nodes. A control plane loses none:
// etcd has to give up members first.
func shrinkable(v groupView) heatstack.Group {
	return heatstack.Group{Count: v.Param("count"), Remove: v.Param("remove"), Servers: groupOutput + v.Name + ".servers"}
}

// formerGroup tells of an output that only the live stack has.
func formerGroup(output string) (group, servers string) {
	if name, ok := strings.CutPrefix(output, groupOutput); ok {
		return name, output + ".servers"
	}
	return "", ""
}
