package kubernetes

import (
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// isTrue reads a label that switches something, as oslo.utils does.
func isTrue(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "t", "true", "on", "y", "yes":
		return true
	}
	return false
}

// sizeOf reads a whole number that the schema has checked; "" is 0.
func sizeOf(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// networkDriver of a cluster; flannel is Magnum's default.
func networkDriver(c driver.Cluster) string {
	if c.NetworkDriver == "" {
		return "flannel"
	}
	return c.NetworkDriver
}

// podCIDR is the range of the pods, which each network driver has a label for.
func podCIDR(c driver.Cluster) string {
	switch networkDriver(c) {
	case "calico":
		return c.Labels["calico_ipv4pool"]
	case "cilium":
		return c.Labels["cilium_ipv4pool"]
	}
	return c.Labels["flannel_network_cidr"]
}

// defaultNodeCIDR is Magnum's range of the private subnet.
const defaultNodeCIDR = "10.0.0.0/24"

// nodeCIDR is the range of the nodes' subnet; "" where only the cloud knows it.
func nodeCIDR(c driver.Cluster) string {
	if cidr := c.Labels["fixed_subnet_cidr"]; cidr != "" || c.FixedNetwork != "" {
		return cidr
	}
	return defaultNodeCIDR
}

// apiPort of the cluster's API.
func apiPort(c driver.Cluster) int {
	if c.APIServerPort == 0 {
		return 6443
	}
	return c.APIServerPort
}

// apiCIDRs may reach the API. The nodes' own range always may, as Magnum appends
// it (k8s_fedora_template_def.py).
func apiCIDRs(c driver.Cluster) []string {
	written := c.Labels["master_lb_allowed_cidrs"]
	if written == "" {
		return []string{anywhere}
	}
	all := split(written)
	if own := nodeCIDR(c); own != "" {
		all = append(all, own)
	}
	return all
}

// lbFloatingIP tells whether the API's load balancer has a floating IP.
func lbFloatingIP(c driver.Cluster) bool {
	if written := c.Labels["master_lb_floating_ip_enabled"]; written != "" {
		return c.MasterLBEnabled && isTrue(written)
	}
	return c.MasterLBEnabled && c.FloatingIPEnabled
}

// split reads a list separated by commas.
func split(text string) []string {
	var out []string
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// flavorOf a group; the masters' is the workers' unless it is set.
func flavorOf(c driver.Cluster, g driver.NodeGroup) string {
	switch {
	case g.Flavor != "":
		return g.Flavor
	case g.Name == masters && c.MasterFlavor != "":
		return c.MasterFlavor
	}
	return c.Flavor
}

// imageOf a group.
func imageOf(c driver.Cluster, g driver.NodeGroup) string {
	if g.Image != "" {
		return g.Image
	}
	return c.Image
}

// groups of a cluster: the two default ones, then the others as they come. A
// default group that is missing has one node.
func groups(c driver.Cluster) []driver.NodeGroup {
	master, ok := c.Group(masters)
	if !ok {
		master = driver.NodeGroup{Name: masters, Role: "master", NodeCount: 1, IsDefault: true}
	}
	worker, ok := c.Group(workers)
	if !ok {
		worker = driver.NodeGroup{Name: workers, Role: "worker", NodeCount: 1, IsDefault: true}
	}
	// these they cannot have of their own
	master.Labels, worker.Labels = c.Labels, c.Labels
	master.DockerVolumeSizeGiB, worker.DockerVolumeSizeGiB = c.DockerVolumeSizeGiB, c.DockerVolumeSizeGiB
	all := []driver.NodeGroup{master, worker}
	for _, g := range c.NodeGroups {
		if g.Name != masters && g.Name != workers {
			all = append(all, g)
		}
	}
	return all
}
