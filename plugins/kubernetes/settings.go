package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// settings is what the nodes of a group boot with.
func (d Driver) settings(c driver.Cluster, g driver.NodeGroup, r versions.Release, chosen addons.Selection) boot.Settings {
	s := boot.Settings{
		System: boot.System(c.Distro), Role: boot.Worker, Cluster: c.Name, Stack: heatstack.StackName(c),
		Group: g.Name, NodeRole: roleOf(g),
		NodeLabels: g.NodeLabels, Release: r,
		NetworkDriver: networkDriver(c), Modules: networkModules(c), PodCIDR: podCIDR(c), ServiceCIDR: c.Labels["service_cluster_ip_range"],
		DNSServiceIP: dnsServiceIP(c), DNSDomain: c.Labels["dns_cluster_domain"], APIPort: apiPort(c),
		Bundle: d.bundleOf(c.Labels), CloudProvider: cloudProvider(c), CloudConf: cloudConf(c), RegistryMirror: c.Labels["registry_mirror"],
		ContainersVolume: g.DockerVolumeSizeGiB > 0, ImagePrefix: c.Labels["container_infra_prefix"],
		InsecureRegistry: c.InsecureRegistry, HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: noProxy(c),
		CgroupDriver: g.Labels["cgroup_driver"], KubeletOptions: g.Labels["kubelet_options"],
		AdmissionPlugins: split(c.Labels["admission_control_list"]), APIServerOptions: c.Labels["kubeapi_options"],
		ControllerOptions: controllerOptions(c), SchedulerOptions: c.Labels["kubescheduler_options"],
		ProxyOptions: c.Labels["kubeproxy_options"], FeatureGates: c.Labels["feature_gates"],
		ProbeDelaySeconds: sizeOf(c.Labels["system_pods_initial_delay"]), ProbeTimeout: sizeOf(c.Labels["system_pods_timeout"]),
	}
	if withFedora.holds(c) {
		s.SELinuxMode = g.Labels["selinux_mode"]
	}
	for _, t := range g.NodeTaints {
		s.NodeTaints = append(s.NodeTaints, boot.Taint{Key: t.Key, Value: t.Value, Effect: t.Effect})
	}
	if g.Name == masters {
		s.Role, s.First, s.Addons = boot.ControlPlane, true, chosen
		s.EtcdVolume = sizeOf(c.Labels["etcd_volume_size"]) > 0
		if chosen.Has("keystone-auth") {
			s.KeystoneWebhook = addons.KeystoneWebhook
		}
	}
	return s
}

// networkModules of the kernel: flannel's backend udp makes a device of tun.
func networkModules(c driver.Cluster) []string {
	if networkDriver(c) == "flannel" && c.Labels["flannel_backend"] == "udp" {
		return []string{"tun"}
	}
	return nil
}

func roleOf(g driver.NodeGroup) string {
	switch {
	case g.Name == masters:
		return "master"
	case g.Role == "":
		return "worker"
	}
	return g.Role
}

// Package boot gives every node labels of these prefixes: magnumPrefix is of those by
// which Magnum's users choose nodes, ownPrefix of those by which the driver knows them.
const (
	magnumPrefix = "magnum.openstack.org/"
	ownPrefix    = "heatsync/"
)

// noProxy adds the cluster's own networks to what people wrote, where there is a
// proxy; Magnum adds the nodes' (k8s_template_def.py).
func noProxy(c driver.Cluster) string {
	if c.HTTPProxy == "" && c.HTTPSProxy == "" {
		return c.NoProxy
	}
	all := split(c.NoProxy)
	for _, cidr := range []string{nodeCIDR(c), podCIDR(c), c.Labels["service_cluster_ip_range"]} {
		if cidr != "" && !slices.Contains(all, cidr) {
			all = append(all, cidr)
		}
	}
	return strings.Join(all, ",")
}

// controllerOptions of the controller manager: with flannel it hands each node a
// part of the pods' range.
func controllerOptions(c driver.Cluster) string {
	written := c.Labels["kubecontroller_options"]
	if networkDriver(c) != "flannel" {
		return written
	}
	return strings.TrimSpace("--node-cidr-mask-size=" + c.Labels["flannel_network_subnetlen"] + " " + written)
}

// cloudConf is what labels say of the load balancers that the cloud controller
// makes for services.
func cloudConf(c driver.Cluster) map[string]map[string]string {
	if !cloudProvider(c) {
		return nil
	}
	return map[string]map[string]string{"LoadBalancer": {
		"lb-provider":    c.Labels["octavia_provider"],
		"lb-method":      c.Labels["octavia_lb_algorithm"],
		"create-monitor": strconv.FormatBool(isTrue(c.Labels["octavia_lb_healthcheck"])),
	}}
}
