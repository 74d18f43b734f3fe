package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// clusterParameters are the root's but for groups: under the label's or the
// attribute's own name, or under Magnum's where other software reads them.
func clusterParameters(c driver.Cluster, version string) map[string]any {
	p := map[string]any{
		"cluster": c.Name, "distro": c.Distro, "server_type": c.ServerType, "ssh_key_name": c.Keypair, "kube_version": version,
		"nodes_affinity_policy": affinity(c), "availability_zone": c.Labels["availability_zone"],
		"external_network": c.ExternalNetwork, "fixed_network": c.FixedNetwork, "fixed_subnet": c.FixedSubnet,
		"fixed_subnet_cidr": nodeCIDR(c), "dns_nameserver": c.DNSNameservers, "pods_network_cidr": podCIDR(c),
		"floating_ip_enabled": c.FloatingIPEnabled, "ssh_allowed_cidrs": split(c.Labels["ssh_allowed_cidrs"]),
		"master_lb_enabled": c.MasterLBEnabled, "master_lb_floating_ip_enabled": lbFloatingIP(c),
		"master_lb_allowed_cidrs": apiCIDRs(c), "octavia_provider": c.Labels["octavia_provider"],
		"octavia_lb_algorithm": c.Labels["octavia_lb_algorithm"], "apiserver_port": apiPort(c),
		"docker_volume_size": c.DockerVolumeSizeGiB, "docker_volume_type": c.Labels["docker_volume_type"],
		"boot_volume_size": sizeOf(c.Labels["boot_volume_size"]), "boot_volume_type": c.Labels["boot_volume_type"],
		"etcd_volume_size": sizeOf(c.Labels["etcd_volume_size"]), "etcd_volume_type": c.Labels["etcd_volume_type"],
		"volume_driver": c.VolumeDriver, "docker_storage_driver": c.DockerStorageDriver, "insecure_registry": c.InsecureRegistry,
		"http_proxy": c.HTTPProxy, "https_proxy": c.HTTPSProxy, "no_proxy": c.NoProxy, "network_driver": networkDriver(c),
	}
	p["ingress_on_nodes"], p["ingress_on_masters"] = ingressOnNodes(c), ingressOnMasters(c)
	for _, t := range toldOf() {
		if _, attribute := bootedAttributes[t.Name]; !attribute {
			p[t.Name] = toldValue(table[t.Name], c.Labels[t.Name])
		}
	}
	return p
}

// toldValue is a label's value for a parameter: of what switches something in one
// spelling, so that "yes" for "true" is no change.
func toldValue(l label, v string) string {
	if l.Type != driver.LabelBool || v == "" {
		return v
	}
	return strconv.FormatBool(isTrue(v))
}

// affinity of server groups. Ironic places by nodes, not by hypervisors.
func affinity(c driver.Cluster) string {
	if c.ServerType == "bm" {
		return "none"
	}
	return c.Labels["nodes_affinity_policy"]
}

// toldOf lists the parameters that only tell: what is in no resource but in what
// nodes boot.
func toldOf() []told {
	names := slices.Sorted(maps.Keys(bootedAttributes))
	out := make([]told, 0, len(names)+len(table))
	for _, n := range names {
		out = append(out, told{Name: n})
	}
	for _, n := range slices.Sorted(maps.Keys(table)) {
		if l := table[n]; l.booted || l.Deprecated == "" && bootsAlso[n] {
			out = append(out, told{n, l.Sensitive})
		}
	}
	return out
}

// bootsAlso are labels that no resource holds either: those that cannot be changed,
// and one that is read when the cluster is deleted.
var bootsAlso = map[string]bool{"service_cluster_ip_range": true, "dns_service_ip": true, "dns_cluster_domain": true, volumesPolicy: true}

// groupParameters adds those of one group.
func groupParameters(s heatstack.Stack, v groupView, c driver.Cluster, g driver.NodeGroup) {
	set := func(what, field string, value any, m heatstack.Meaning) {
		name := v.Param(what)
		if m.Path == "" && field != "" {
			m.Path = "nodeGroups[" + g.Name + "]." + field
		}
		s.Parameters[name], s.Meaning[name] = value, m
	}
	for what, value := range map[string]any{"image": imageOf(c, g), "flavor": flavorOf(c, g)} {
		m := heatstack.Meaning{Effect: driver.EffectRolling, Words: needsNodes}
		switch {
		case what == "image" && v.Default:
			m.Path = "image"
		case v.Master:
			m.Path = "masterFlavor"
		case v.Default:
			m.Path = "flavor"
		}
		set(what, what, value, m)
	}
	set("count", "nodeCount", g.NodeCount, countMeaning(v))
	if v.Master { // no control plane shrinks, so nothing else says what a list of it means
		set("remove", "", []string{}, heatstack.Meaning{Effect: driver.EffectNone, Words: "a list of nodes to remove has been obeyed once"})
	}
	if v.Default {
		return
	}
	rolling := heatstack.Meaning{Effect: driver.EffectRolling, Words: needsNodes}
	set("docker_volume_size", "dockerVolumeSize", g.DockerVolumeSizeGiB, rolling)
	for _, name := range []string{"availability_zone", "docker_volume_type", "boot_volume_type"} {
		set(name, "labels."+name, g.Labels[name], rolling)
	}
	set("boot_volume_size", "labels.boot_volume_size", sizeOf(g.Labels["boot_volume_size"]), rolling)
	later := heatstack.Meaning{Effect: driver.EffectNone, Words: forLater}
	set("role", "role", roleOf(g), later)
	set("labels", "labels", ownLabels(c, g), later)
	set("node_labels", "nodeLabels", pairs(g.NodeLabels), later)
	set("node_taints", "nodeTaints", taints(g.NodeTaints), later)
}

// ownLabels tells the labels that only what the group's nodes boot depends on, and
// that differ from the cluster's.
func ownLabels(c driver.Cluster, g driver.NodeGroup) string {
	own := map[string]string{}
	for name, v := range g.Labels {
		if l := table[name]; l.booted && l.ofGroup && v != c.Labels[name] {
			own[name] = v
		}
	}
	return pairs(own)
}

func pairs(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return strings.Join(out, " ")
}

func taints(all []driver.NodeTaint) string {
	var out []string
	for _, t := range all {
		out = append(out, fmt.Sprintf("%s=%s:%s", t.Key, t.Value, t.Effect))
	}
	return strings.Join(out, " ")
}
