package kubernetes

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// networkRules are of the networks that a cluster names.
func networkRules(r *rules, c driver.Cluster) {
	if c.ExternalNetwork == "" && (c.FixedNetwork == "" || c.FloatingIPEnabled || lbFloatingIP(c)) {
		r.wrong("externalNetwork", "name it, or set fixedNetwork and floatingIpEnabled: false", "floating IPs and the cluster's own router need an externalNetwork")
	}
	if c.FixedSubnet != "" && c.FixedNetwork == "" {
		r.wrong("fixedSubnet", "name the network that the subnet is in", "fixedSubnet needs fixedNetwork")
	}
	if c.MasterLBEnabled && c.FixedNetwork != "" && c.FixedSubnet == "" {
		r.wrong("fixedSubnet", "name a subnet of fixedNetwork", "the API's load balancer needs to know the subnet of its address")
	}
	if c.FixedNetwork != "" && len(c.DNSNameservers) > 0 {
		r.say(driver.SeverityWarning, "no-effect", "dnsNameserver", "remove it, or set it on the subnet", "dnsNameserver has no effect: the cluster makes no subnet")
	}
	if c.Labels["master_lb_allowed_cidrs"] != "" && c.FixedNetwork != "" && nodeCIDR(c) == "" {
		r.wrong("labels.master_lb_allowed_cidrs", "set label fixed_subnet_cidr to the subnet's range", "nodes must reach the API too, and only the cloud knows the range of fixedSubnet")
	}
}

// network is one range of a cluster.
type network struct {
	path, what string
	prefix     netip.Prefix
}

// rangeRules keep the cluster's ranges apart and big enough.
func rangeRules(r *rules, c driver.Cluster) {
	podLabel := map[string]string{"calico": "calico_ipv4pool", "cilium": "cilium_ipv4pool"}[networkDriver(c)]
	if podLabel == "" {
		podLabel = "flannel_network_cidr"
	}
	var known []network
	for _, n := range []struct{ label, what, text string }{
		{"fixed_subnet_cidr", "nodes", nodeCIDR(c)},
		{podLabel, "pods", podCIDR(c)},
		{"service_cluster_ip_range", "services", c.Labels["service_cluster_ip_range"]},
	} {
		p, err := netip.ParsePrefix(n.text)
		switch {
		case n.text == "":
			continue
		case err != nil || !p.Addr().Is4():
			r.wrong("labels."+n.label, "write it as 10.0.0.0/24", "%q is not an IPv4 network", n.text)
			continue
		case p != p.Masked():
			r.wrong("labels."+n.label, "write "+p.Masked().String(), "%q has host bits set", n.text)
		}
		for _, other := range known {
			if p.Overlaps(other.prefix) {
				r.wrong("labels."+n.label, "choose another range", "the range of %s, %s, overlaps that of %s, %s", n.what, p, other.what, other.prefix)
			}
		}
		known = append(known, network{"labels." + n.label, n.what, p})
	}
	for _, n := range known {
		switch n.what {
		case "services":
			serviceRules(r, c, n.prefix)
		case "pods":
			podRules(r, c, n)
		}
	}
}

// serviceRules: the first address is that of the API's own service.
func serviceRules(r *rules, c driver.Cluster, p netip.Prefix) {
	if p.Bits() < 12 || p.Bits() > 24 {
		r.wrong("labels.service_cluster_ip_range", "use a prefix length from 12 to 24", "a range of services has 2^8 to 2^20 addresses, and %s has 2^%d", p, 32-p.Bits())
		return
	}
	ip, err := netip.ParseAddr(dnsServiceIP(c))
	switch {
	case err != nil || !p.Contains(ip):
		r.wrong("labels.dns_service_ip", "choose an address of "+p.String(), "%q is no address of service_cluster_ip_range", dnsServiceIP(c))
	case ip == p.Masked().Addr() || ip == p.Masked().Addr().Next():
		r.wrong("labels.dns_service_ip", "choose another address of "+p.String(), "%s is the network's, or that of the service kubernetes", ip)
	}
}

// podRules: the controller manager gives each node a part of the range, whatever the
// network driver; it does not start where a part is bigger than the whole
// (pkg/controller/nodeipam). Calico alone does without the parts.
func podRules(r *rules, c driver.Cluster, pods network) {
	each, label, hands := nodeMask(c)
	if !hands {
		return
	}
	spare := each - pods.prefix.Bits()
	nodes := 0
	for _, g := range groups(c) {
		nodes += g.NodeCount
	}
	switch {
	case spare < 0:
		r.wrong(label, "use a longer prefix, or a bigger "+strings.TrimPrefix(pods.path, "labels."), "a node's /%d does not fit into %s", each, pods.prefix)
	case networkDriver(c) != "calico" && spare < bits.UintSize-1 && nodes > 1<<spare:
		r.wrong(pods.path, fmt.Sprintf("use a bigger range, or a longer prefix than %d by %s", each, strings.TrimPrefix(label, "labels.")), "%s has addresses for %d nodes, and the cluster has %d", pods.prefix, 1<<spare, nodes)
	}
}

// kubeadmMask is the prefix length of a node's part where nothing says another: the
// controller manager's --node-cidr-mask-size-ipv4.
const kubeadmMask = 24

// nodeMask is the prefix length of a node's part of the pods' range, with the label
// that says it. hands is false where no parts are handed out.
func nodeMask(c driver.Cluster) (length int, label string, hands bool) {
	length, label, hands = kubeadmMask, "labels.kubecontroller_options", true
	if networkDriver(c) == "flannel" {
		length, label = sizeOf(c.Labels["flannel_network_subnetlen"]), "labels.flannel_network_subnetlen"
	}
	for _, option := range strings.Fields(c.Labels["kubecontroller_options"]) {
		switch name, value, _ := strings.Cut(strings.TrimPrefix(option, "--"), "="); name {
		case "node-cidr-mask-size", "node-cidr-mask-size-ipv4":
			length, label = sizeOf(value), "labels.kubecontroller_options"
		case "allocate-node-cidrs":
			hands = value != "false"
		}
	}
	return length, label, hands
}

// listRules hold lists of networks to their form.
func listRules(r *rules, c driver.Cluster) {
	for _, name := range []string{"master_lb_allowed_cidrs", "ssh_allowed_cidrs"} {
		seen := map[netip.Prefix]bool{}
		if name == "ssh_allowed_cidrs" && len(split(c.Labels[name])) == 0 {
			continue
		}
		for _, part := range split(c.Labels[name]) {
			p, err := netip.ParsePrefix(part)
			switch {
			case err != nil || !p.Addr().Is4():
				r.wrong("labels."+name, "write networks as 192.0.2.0/24, separated by commas", "%q is not an IPv4 network", part)
			case p != p.Masked():
				r.wrong("labels."+name, "write "+p.Masked().String(), "%q has host bits set", part)
			case seen[p]:
				r.wrong("labels."+name, "remove one of the two", "%q stands there twice", part)
			}
			seen[p] = true
		}
	}
}
