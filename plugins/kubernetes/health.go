package kubernetes

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
)

// bootsFor is how long after its stack was made a cluster whose API does not
// answer is taken to be booting: images are pulled, etcd elects.
const bootsFor = 20 * time.Minute

// CheckHealth implements driver.HealthChecker. It blocks for ten seconds at most
// and asks only clusters whose API has a public address, as Magnum's poll does
// (magnum/drivers/heat/k8s_monitor.py).
func (Driver) CheckHealth(ctx context.Context, in driver.HealthInput) driver.HealthReport {
	api := driver.ClusterAPI{
		Address: apiURL(in.Parts), CACertificatePEM: in.CACertificatePEM,
		ClientCertificatePEM: in.ClientCertificatePEM, ClientKeyPEM: in.ClientKeyPEM,
	}
	if api.Address == "" {
		api.Address = in.APIAddress
	}
	return nodes.Check(ctx, nodes.Options{
		API: api, Unreachable: unreachable(in.Cluster), Facts: in.Facts,
		Booting: time.Since(in.Stack.Created) < bootsFor,
		Console: firstServer(in.Parts, masters),
	})
}

// firstServer is the server of a group's least index, "" when the outputs do not tell.
func firstServer(p driver.Parts, group string) string {
	var of struct {
		Servers map[string]string `json:"servers"`
	}
	if json.Unmarshal(p.Outputs[groupOutput+group], &of) != nil {
		return ""
	}
	first, server := -1, ""
	for index, id := range of.Servers {
		if i, err := strconv.Atoi(index); err == nil && (first < 0 || i < first) {
			first, server = i, id
		}
	}
	return server
}

// unreachable says why nobody outside the cluster's network can ask its API.
func unreachable(c driver.Cluster) string {
	switch {
	case c.AdoptedStack != "", c.MasterLBEnabled && lbFloatingIP(c), !c.MasterLBEnabled && c.FloatingIPEnabled:
		return ""
	case c.MasterLBEnabled:
		return "its API's load balancer has no floating IP"
	}
	return "its control plane has no floating IP"
}
