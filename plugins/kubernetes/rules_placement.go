package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// bareMetalRules: Ironic makes no networks and attaches no volumes.
func bareMetalRules(r *rules, c driver.Cluster) {
	if c.ServerType != "bm" {
		return
	}
	if c.FixedNetwork == "" {
		r.wrong("fixedNetwork", "name the network that the servers are in", "bare metal needs fixedNetwork: no network can be made for it")
	}
	if c.FixedSubnet == "" {
		r.wrong("fixedSubnet", "name the subnet that the servers are in", "bare metal needs fixedSubnet: no network can be made for it")
	}
	for _, g := range groups(c) {
		if g.DockerVolumeSizeGiB > 0 {
			r.wrong(ofGroup(g, "dockerVolumeSize"), "remove it", "bare metal servers get no volumes: Ironic attaches none to a server that runs")
		}
		if sizeOf(g.Labels["boot_volume_size"]) > 0 {
			r.wrong(ofGroup(g, "labels.boot_volume_size"), "remove it", "bare metal servers get no volumes: Ironic attaches none to a server that runs")
		}
	}
	if sizeOf(c.Labels["etcd_volume_size"]) > 0 {
		r.wrong("labels.etcd_volume_size", "remove it", "bare metal servers get no volumes: Ironic attaches none to a server that runs")
	}
}

// volumeRules are of volumes of pods.
func volumeRules(r *rules, c driver.Cluster) {
	if c.VolumeDriver != "cinder" {
		return
	}
	if !cloudProvider(c) {
		r.wrong("labels.cloud_provider_enabled", "set it to true, or remove volumeDriver", "volumeDriver cinder needs the cloud provider")
	}
	if !isTrue(c.Labels["cinder_csi_enabled"]) {
		r.wrong("labels.cinder_csi_enabled", "set it to true, or remove volumeDriver", "volumeDriver cinder needs cinder_csi_enabled: Kubernetes has had no volumes of its own since 1.26")
	}
}

// ingressRules: traefik and nginx run on the nodes of one role, and nowhere where no
// group has it.
func ingressRules(r *rules, c driver.Cluster) {
	role := c.Labels["ingress_controller_role"]
	if !ingressOnNodes(c) || slices.ContainsFunc(groups(c), func(g driver.NodeGroup) bool { return roleOf(g) == role }) {
		return
	}
	r.say(driver.SeverityWarning, "no-effect", "labels.ingress_controller_role", "set it to worker, or add a node group with role: "+role,
		"the ingress controller runs nowhere: no node group has the role "+strconv.Quote(role))
}

// ingressOnNodes tells whether nodes serve the ports 80 and 443.
func ingressOnNodes(c driver.Cluster) bool {
	kind := strings.ToLower(c.Labels["ingress_controller"])
	return kind == "traefik" || kind == "nginx"
}

// ingressOnMasters tells whether masters do. Their role is no other group's.
func ingressOnMasters(c driver.Cluster) bool {
	return ingressOnNodes(c) && c.Labels["ingress_controller_role"] == "master"
}

// cloudRules are of what needs the cloud, and of what the agent does not serve.
func cloudRules(r *rules, c driver.Cluster) {
	if strings.EqualFold(c.Labels["ingress_controller"], "octavia") && !cloudProvider(c) {
		r.wrong("labels.ingress_controller", "set cloud_provider_enabled to true, or use another", "the octavia ingress controller needs the cloud provider")
	}
	if isTrue(c.Labels["keystone_auth_enabled"]) && !cloudProvider(c) {
		r.wrong("labels.keystone_auth_enabled", "set cloud_provider_enabled to true, or remove it",
			"keystone_auth_enabled needs the cloud provider: only with its credential do nodes know where Keystone is")
	}
	if isTrue(c.Labels["auto_scaling_enabled"]) {
		r.wrong("labels.auto_scaling_enabled", "remove it and set nodeCount", "an autoscaler changes counts, and the agent does not serve it yet")
	}
	if isTrue(c.Labels["auto_healing_enabled"]) {
		r.wrong("labels.auto_healing_enabled", "remove it", "a healer has nodes replaced, and the agent does not serve it yet")
	}
	if strings.EqualFold(c.Labels["octavia_provider"], "ovn") && c.MasterLBEnabled && c.Labels["octavia_lb_algorithm"] != "SOURCE_IP_PORT" {
		r.wrong("labels.octavia_lb_algorithm", "set it to SOURCE_IP_PORT", "Octavia's provider ovn has SOURCE_IP_PORT alone")
	}
}
