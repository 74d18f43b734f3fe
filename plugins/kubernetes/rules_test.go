package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/test/heatsite"
)

// set gives labels to a cluster.
func set(pairs ...string) func(*driver.Cluster) {
	return func(c *driver.Cluster) {
		labels := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			labels[pairs[i]] = pairs[i+1]
		}
		withLabels(c, labels)
	}
}

// group adds a node group that changes something.
func group(change func(*driver.NodeGroup)) func(*driver.Cluster) {
	return func(c *driver.Cluster) {
		g := driver.NodeGroup{Name: "gpu", Role: "worker", NodeCount: 1}
		change(&g)
		c.NodeGroups = append(c.NodeGroups, g)
	}
}

func all(changes ...func(*driver.Cluster)) func(*driver.Cluster) {
	return func(c *driver.Cluster) {
		for _, change := range changes {
			change(c)
		}
	}
}

func bareMetal(c *driver.Cluster) {
	c.ServerType, c.FixedNetwork, c.FixedSubnet = "bm", "provider", "provider-v4"
}

// TestRules has each rule broken once: where, and in which words.
func TestRules(t *testing.T) {
	two := 2
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		want   string // of one diagnostic
	}{
		{"distro", func(c *driver.Cluster) { c.Distro = "debian" }, `error: distro: the distribution "debian" is not one`},
		{"server type", func(c *driver.Cluster) { c.ServerType = "lxd" }, `error: serverType: the server type "lxd" is neither`},
		{"network driver", func(c *driver.Cluster) { c.NetworkDriver = "docker" }, `error: networkDriver: the network driver "docker" is not one`},
		{"volume driver", func(c *driver.Cluster) { c.VolumeDriver = "rexray" }, `error: volumeDriver: the volume driver "rexray" is not one`},
		{"storage driver", func(c *driver.Cluster) { c.DockerStorageDriver = "devicemapper" }, `error: dockerStorageDriver: the storage driver "devicemapper"`},
		{"no TLS", func(c *driver.Cluster) { c.TLSDisabled = true }, `error: tlsDisabled: the API server has had no port without TLS`},
		{"discovery", func(c *driver.Cluster) { c.DiscoveryURL = "https://discovery.test/1" }, `error: discoveryUrl: discoveryUrl has no effect`},
		{"registry", func(c *driver.Cluster) { c.RegistryEnabled = true }, `error: registryEnabled: registryEnabled has no effect`},
		{"a proxy's password", func(c *driver.Cluster) { c.HTTPProxy = "http://me:pw@proxy.test:3128" }, `error: httpProxy: httpProxy names a user, and readers of the stack would see the password`},
		{"a proxy's password without a scheme", func(c *driver.Cluster) { c.HTTPSProxy = "me:pw@proxy.test:3128" }, `error: httpsProxy: httpsProxy names a user`},
		{"API port", func(c *driver.Cluster) { c.APIServerPort = 30001 }, `error: apiserverPort: port 30001 cannot be the API's`},
		{"cluster name", func(c *driver.Cluster) { c.Name = "b--c" }, `error: metadata.name: the name "b--c" has another form`},
		{"group name", group(func(g *driver.NodeGroup) { g.Name = "much-longer-than-16" }), `error: nodeGroups[much-longer-than-16].name: the node group's name`},
		{"two groups of one name", all(group(func(*driver.NodeGroup) {}), group(func(*driver.NodeGroup) {})), `error: nodeGroups[gpu].name: there are two node groups called "gpu"`},
		{"no master", func(c *driver.Cluster) { c.NodeGroups = []driver.NodeGroup{master(0), worker(1)} }, `error: masterCount: a cluster needs a master`},
		{"even masters", func(c *driver.Cluster) {
			c.MasterLBEnabled, c.NodeGroups = true, []driver.NodeGroup{master(4), worker(1)}
		}, `error: masterCount: 4 masters keep no more running than 3`},
		{"masters without a load balancer", func(c *driver.Cluster) { c.NodeGroups = []driver.NodeGroup{master(3), worker(1)} }, `error: masterCount: 3 masters need masterLbEnabled`},
		{"no external network", func(c *driver.Cluster) { c.ExternalNetwork = "" }, `error: externalNetwork: floating IPs and the cluster's own router need`},
		{"subnet without network", func(c *driver.Cluster) { c.FixedSubnet = "s" }, `error: fixedSubnet: fixedSubnet needs fixedNetwork`},
		{"load balancer without subnet", func(c *driver.Cluster) { c.FixedNetwork, c.MasterLBEnabled = "n", true }, `error: fixedSubnet: the API's load balancer needs to know`},
		{"DNS of a foreign network", func(c *driver.Cluster) { c.FixedNetwork, c.DNSNameservers = "n", []string{"9.9.9.9"} }, `warning: dnsNameserver: dnsNameserver has no effect`},
		{"allowed networks, nodes' unknown", all(func(c *driver.Cluster) { c.FixedNetwork, c.FixedSubnet = "n", "s" }, set("master_lb_allowed_cidrs", "192.0.2.0/24")), `error: labels.master_lb_allowed_cidrs: nodes must reach the API too`},
		{"pods over nodes", set("flannel_network_cidr", "10.0.0.0/8"), `error: labels.flannel_network_cidr: the range of pods, 10.0.0.0/8, overlaps that of nodes, 10.0.0.0/24`},
		{"services over pods", set("service_cluster_ip_range", "10.100.4.0/22"), `error: labels.service_cluster_ip_range: the range of services, 10.100.4.0/22, overlaps that of pods`},
		{"services over nodes", set("service_cluster_ip_range", "10.0.0.0/22"), `error: labels.service_cluster_ip_range: the range of services, 10.0.0.0/22, overlaps that of nodes`},
		{"host bits", set("fixed_subnet_cidr", "10.9.0.1/24"), `error: labels.fixed_subnet_cidr: "10.9.0.1/24" has host bits set; write 10.9.0.0/24`},
		{"IPv6", set("fixed_subnet_cidr", "2001:db8::/64"), `error: labels.fixed_subnet_cidr: "2001:db8::/64" is not an IPv4 network`},
		{"services too many", set("service_cluster_ip_range", "11.0.0.0/8"), `error: labels.service_cluster_ip_range: a range of services has 2^8 to 2^20`},
		{"DNS elsewhere", set("dns_service_ip", "10.1.0.10"), `error: labels.dns_service_ip: "10.1.0.10" is no address of service_cluster_ip_range`},
		{"DNS at the API", set("dns_service_ip", "10.254.0.1"), `error: labels.dns_service_ip: 10.254.0.1 is the network's`},
		{"node's part too big", set("flannel_network_cidr", "10.100.0.0/26"), `error: labels.flannel_network_subnetlen: a node's /24 does not fit into 10.100.0.0/26`},
		{"more nodes than parts", set("flannel_network_cidr", "10.100.0.0/24"), `error: labels.flannel_network_cidr: 10.100.0.0/24 has addresses for 1 nodes, and the cluster has 2`},
		{"cilium's nodes' parts", all(func(c *driver.Cluster) { c.NetworkDriver = "cilium" }, set("cilium_ipv4pool", "10.100.0.0/24")), `error: labels.cilium_ipv4pool: 10.100.0.0/24 has addresses for 1 nodes, and the cluster has 2`},
		{"calico's range below a node's part", all(func(c *driver.Cluster) { c.NetworkDriver = "calico" }, set("calico_ipv4pool", "10.100.0.0/26")), `error: labels.kubecontroller_options: a node's /24 does not fit into 10.100.0.0/26`},
		{"allowed networks", set("master_lb_allowed_cidrs", "192.0.2.7/24"), `error: labels.master_lb_allowed_cidrs: "192.0.2.7/24" has host bits set`},
		{"ssh networks", set("ssh_allowed_cidrs", "home"), `error: labels.ssh_allowed_cidrs: "home" is not an IPv4 network`},
		{"ssh networks twice", set("ssh_allowed_cidrs", "192.0.2.0/24,192.0.2.0/24"), `error: labels.ssh_allowed_cidrs: "192.0.2.0/24" stands there twice`},
		{"bare metal without network", func(c *driver.Cluster) { c.ServerType = "bm" }, `error: fixedNetwork: bare metal needs fixedNetwork`},
		{"bare metal without subnet", func(c *driver.Cluster) { c.ServerType = "bm" }, `error: fixedSubnet: bare metal needs fixedSubnet`},
		{"bare metal with volumes", all(bareMetal, func(c *driver.Cluster) { c.DockerVolumeSizeGiB = 9 }), `error: nodeGroups[default-master].dockerVolumeSize: bare metal servers get no volumes`},
		{"bare metal booting a volume", all(bareMetal, set("boot_volume_size", "9")), `error: nodeGroups[default-master].labels.boot_volume_size: bare metal`},
		{"bare metal with an etcd volume", all(bareMetal, set("etcd_volume_size", "9")), `error: labels.etcd_volume_size: bare metal servers get no volumes`},
		{"cinder without cloud", all(func(c *driver.Cluster) { c.VolumeDriver = "cinder" }, set("cloud_provider_enabled", "false")), `error: labels.cloud_provider_enabled: volumeDriver cinder needs the cloud provider`},
		{"cinder without CSI", all(func(c *driver.Cluster) { c.VolumeDriver = "cinder" }, set("cinder_csi_enabled", "false")), `error: labels.cinder_csi_enabled: volumeDriver cinder needs cinder_csi_enabled`},
		{"octavia ingress without cloud", set("ingress_controller", "Octavia", "cloud_provider_enabled", "false"), `error: labels.ingress_controller: the octavia ingress controller needs the cloud provider`},
		{"Keystone without cloud", set("keystone_auth_enabled", "true", "cloud_provider_enabled", "false"), `error: labels.keystone_auth_enabled: keystone_auth_enabled needs the cloud provider: only with its credential do nodes know where Keystone is`},
		{"ovn", all(func(c *driver.Cluster) { c.MasterLBEnabled = true }, set("octavia_provider", "ovn")), `error: labels.octavia_lb_algorithm: Octavia's provider ovn has SOURCE_IP_PORT alone`},
		{"an ingress controller for nobody", set("ingress_controller", "traefik"), `warning: labels.ingress_controller_role: the ingress controller runs nowhere: no node group has the role "ingress"`},
		{"autoscaler", set("auto_scaling_enabled", "true"), `error: labels.auto_scaling_enabled: an autoscaler changes counts, and the agent does not serve it yet`},
		{"healer", set("auto_healing_enabled", "yes"), `error: labels.auto_healing_enabled: a healer has nodes replaced, and the agent does not serve it yet`},
		{"role master", group(func(g *driver.NodeGroup) { g.Role = "master" }), `error: nodeGroups[gpu].role: the role "master" is reserved`},
		{"role's form", group(func(g *driver.NodeGroup) { g.Role = "a b" }), `error: nodeGroups[gpu].role: the role "a b" is not the value`},
		{"fewer than the least", group(func(g *driver.NodeGroup) { g.MinNodeCount = 2 }), `error: nodeGroups[gpu].nodeCount: 1 nodes are fewer than minNodeCount 2`},
		{"more than the most", group(func(g *driver.NodeGroup) { g.NodeCount, g.MaxNodeCount = 3, &two }), `error: nodeGroups[gpu].nodeCount: 3 nodes are more than maxNodeCount 2`},
		{"a label that is the cluster's", group(func(g *driver.NodeGroup) { g.Labels = map[string]string{"kube_tag": "v1.33.6"} }), `error: nodeGroups[gpu].labels.kube_tag: label "kube_tag" is the cluster's`},
		{"generation", set("generation", "2"), `error: labels.generation: generation 2 means nodes made anew`},
		{"generation of a group", group(func(g *driver.NodeGroup) { g.Labels = map[string]string{"generation": "3"} }), `error: nodeGroups[gpu].labels.generation: generation 3 means nodes made anew`},
		{"node label's prefix", group(func(g *driver.NodeGroup) { g.NodeLabels = map[string]string{"node-role.kubernetes.io/x": ""} }), `error: nodeGroups[gpu].nodeLabels.node-role.kubernetes.io/x: a kubelet may not give itself labels of "node-role.kubernetes.io"`},
		{"node label of the driver", group(func(g *driver.NodeGroup) { g.NodeLabels = map[string]string{"magnum.openstack.org/role": "x"} }), `error: nodeGroups[gpu].nodeLabels.magnum.openstack.org/role: labels of magnum.openstack.org/ are the driver's`},
		{"node label of the driver's own", group(func(g *driver.NodeGroup) { g.NodeLabels = map[string]string{"heatsync/index": "9"} }), `error: nodeGroups[gpu].nodeLabels.heatsync/index: labels of heatsync/ are the driver's`},
		{"node labels by kubelet's flag", set("kubelet_options", "--v=4 --node-labels=a=b"), `error: labels.kubelet_options: kubelet's --node-labels is the driver's: it holds the labels by which nodes are told apart`},
		{"node labels by a group's flag", group(func(g *driver.NodeGroup) { g.Labels = map[string]string{"kubelet_options": "--node-labels=a=b"} }), `error: nodeGroups[gpu].labels.kubelet_options: kubelet's --node-labels is the driver's`},
		{"an address by kubelet's flag", set("kubelet_options", "--node-ip=10.0.0.9"), `error: labels.kubelet_options: kubelet's --node-ip is the driver's`},
		{"an id by kubelet's flag", set("kubelet_options", "--provider-id=x"), `error: labels.kubelet_options: kubelet's --provider-id is the driver's`},
		{"a name by kubelet's flag", set("kubelet_options", "--hostname-override=x"), `error: labels.kubelet_options: kubelet's --hostname-override is the driver's`},
		{"another cloud by kubelet's flag", set("kubelet_options", "--cloud-provider"), `error: labels.kubelet_options: kubelet's --cloud-provider is the driver's`},
		{"node label's value", group(func(g *driver.NodeGroup) { g.NodeLabels = map[string]string{"a": "b c"} }), `error: nodeGroups[gpu].nodeLabels.a: "b c" is not a value`},
		{"taint", group(func(g *driver.NodeGroup) { g.NodeTaints = []driver.NodeTaint{{Key: "a", Effect: "Evict"}} }), `error: nodeGroups[gpu].nodeTaints: "Evict" is not an effect of a taint`},
		{"unknown release", set("kube_tag", "v1.99.0"), `warning: labels.kube_tag: the driver's catalog has no Kubernetes v1.99.0; a cluster that is there keeps what it boots; run heatsync-driver-kubernetes versions update`},
		{"release without checksum", set("kube_tag", "v1.33.6"), `warning: labels.kube_tag: of Kubernetes v1.33.6 the place or the SHA-256 of kubelet is not known; a cluster that is there keeps what it boots; run heatsync-driver-kubernetes versions update, or set labels kubelet_sha256`},
		{"another version of a program", set("runc_version", "9.9.9"), `the SHA-256 of runc is not known`},
		{"flannel's backend", set("flannel_backend", "ipsec"), `error: labels.flannel_backend: label "flannel_backend": "ipsec" is none of udp, vxlan, host-gw; How flannel carries packets`},
		{"Calico's IP in IP", all(func(c *driver.Cluster) { c.NetworkDriver = "calico" }, set("calico_ipv4pool_ipip", "never")), `error: labels.calico_ipv4pool_ipip: label "calico_ipv4pool_ipip": "never" is none of Always, CrossSubnet, Never, Off; Whether Calico wraps`},
		{"SELinux", all(func(c *driver.Cluster) { c.Distro = "fedora-coreos" }, set("selinux_mode", "on")), `error: labels.selinux_mode: label "selinux_mode": "on" is none of enforcing, permissive, disabled; SELinux on nodes`},
		{"SELinux of a group", all(func(c *driver.Cluster) { c.Distro = "fedora-coreos" }, group(func(g *driver.NodeGroup) { g.Labels = map[string]string{"selinux_mode": "1"} })), `error: nodeGroups[2].labels.selinux_mode: label "selinux_mode": "1" is none of`},
		{"affinity", set("nodes_affinity_policy", "spread"), `error: labels.nodes_affinity_policy: label "nodes_affinity_policy": "spread" is none of soft-anti-affinity, anti-affinity, soft-affinity, affinity, none; How Nova spreads`},
		{"a prefix of images without its /", set("container_infra_prefix", "registry.test/k8s"), `error: labels.container_infra_prefix: label "container_infra_prefix": "registry.test/k8s" does not match`},
		{"no network of the label", set("master_lb_floating_ip_enabled", "true"), `warning: labels.master_lb_floating_ip_enabled: label master_lb_floating_ip_enabled has no effect: masterLbEnabled is false`},
		{"rules of no adapter", set("monitoring_enabled", "true", "prometheus_adapter_enabled", "false", "prometheus_adapter_configmap", "rules"), `warning: labels.prometheus_adapter_configmap: label prometheus_adapter_configmap has no effect: monitoring_enabled and prometheus_adapter_enabled are not both true`},
		{"tag of no adapter", set("monitoring_enabled", "true", "prometheus_adapter_enabled", "no", "prometheus_adapter_tag", "v9"), `warning: labels.prometheus_adapter_tag: label prometheus_adapter_tag has no effect: monitoring_enabled and prometheus_adapter_enabled are not both true`},
		{"tag of an adapter of nothing", set("prometheus_adapter_tag", "v9"), `warning: labels.prometheus_adapter_tag: label prometheus_adapter_tag has no effect: monitoring_enabled and`},
		{"type of no volume", set("etcd_volume_type", "fast"), `warning: labels.etcd_volume_type: label etcd_volume_type has no effect: etcd_volume_size is 0`},
		{"gone", set("ostree_commit", "abc"), `warning: labels.ostree_commit: label "ostree_commit" is deprecated; it means nothing since`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			c.change(&cluster)
			var told []string
			for _, d := range newDriver().Render(driver.RenderInput{Cluster: cluster, Secrets: secrets()}).Diagnostics {
				told = append(told, d.String())
				if strings.Contains(d.String(), c.want) && d.Remedy != "" {
					return
				}
			}
			t.Errorf("want %s, with a remedy; have\n%s", c.want, strings.Join(told, "\n"))
		})
	}
}

// TestWhatOnlyTheCloudKnows has the rules of Magnum's that a driver cannot check
// before it writes, for it asks no cloud then: nothing is said of them, and who
// refuses is in why. The template has Heat check what Heat can.
func TestWhatOnlyTheCloudKnows(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		checks string // of the root template; "" where it is not Heat that refuses
		why    string
	}{
		{
			"a flavor of disk 0 without boot_volume_size", all(func(c *driver.Cluster) { c.Flavor = "diskless" }, set("boot_volume_size", "0")), "",
			"the name is all that is known of a flavor. Nova refuses such a server to all but administrators (its policy create:zero_disk_flavor, seen in Nova 26: " +
				`"Only volume-backed servers are allowed for flavors with zero disk"), and the stack is CREATE_FAILED with that`,
		},
		{"no such flavor", func(c *driver.Cluster) { c.Flavor = "none" }, "minion_flavor: {type: string, constraints: [{custom_constraint: nova.flavor}]}", "Heat refuses the create"},
		{"no such image", func(c *driver.Cluster) { c.Image = "none" }, "minion_image: {type: string, constraints: [{custom_constraint: glance.image}]}", "Heat refuses the create"},
		{"no such keypair", func(c *driver.Cluster) { c.Keypair = "none" }, "ssh_key_name: {type: string, default: '', constraints: [{custom_constraint: nova.keypair}]}", "Heat refuses the create"},
		{"no such external network", func(c *driver.Cluster) { c.ExternalNetwork = "none" }, "external_network: {type: string, default: '', constraints: [{custom_constraint: neutron.network}]}", "Heat refuses the create"},
		{"no such network", func(c *driver.Cluster) { c.FixedNetwork = "none" }, "fixed_network: {type: string, default: '', constraints: [{custom_constraint: neutron.network}]}", "Heat refuses the create"},
		{"no such subnet", func(c *driver.Cluster) { c.FixedNetwork, c.FixedSubnet = "n", "none" }, "fixed_subnet: {type: string, default: '', constraints: [{custom_constraint: neutron.subnet}]}", "Heat refuses the create"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			c.change(&cluster)
			if r := newDriver().Render(driver.RenderInput{Cluster: cluster, Secrets: secrets()}); len(r.Diagnostics) > 0 {
				t.Errorf("%v, though %s", r.Diagnostics, c.why)
			}
			if stack, _ := kubernetes.Rendered(options(), cluster); !strings.Contains(stack.Template, c.checks) {
				t.Errorf("the template lacks %q: %s", c.checks, c.why)
			}
		})
	}
}

// TestTheCloudRefusesWhatItLacks: what is only a name to the driver Heat looks up
// before it makes anything. It does so for parameters alone: the values of properties
// of nested stacks are looked at when their turn comes (stack_resource.py of Heat 19).
func TestTheCloudRefusesWhatItLacks(t *testing.T) {
	for _, c := range []struct {
		parameter, constraint string
		change                func(*driver.Cluster)
	}{
		{"master_image", "glance.image", func(c *driver.Cluster) { c.Image = "none" }},
		{"minion_flavor", "nova.flavor", func(c *driver.Cluster) { c.Flavor = "none" }},
		{"master_flavor", "nova.flavor", func(c *driver.Cluster) { c.MasterFlavor = "none" }},
		{"flavor_gpu", "nova.flavor", group(func(g *driver.NodeGroup) { g.Flavor = "none" })},
		{"ssh_key_name", "nova.keypair", func(c *driver.Cluster) { c.Keypair = "none" }},
		{"external_network", "neutron.network", func(c *driver.Cluster) { c.ExternalNetwork = "none" }},
		{"fixed_network", "neutron.network", func(c *driver.Cluster) { c.FixedNetwork = "none" }},
		{"fixed_subnet", "neutron.subnet", func(c *driver.Cluster) { c.FixedNetwork, c.FixedSubnet = "provider", "none" }},
	} {
		t.Run(c.parameter, func(t *testing.T) {
			s := heatsite.Lacking(t, map[string][]string{c.constraint: {"none"}})
			x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, "blue")}
			c.change(&x.c)
			p := x.plan(driver.IntentPresent, driver.Stack{}, false)
			r := x.applied(p.Steps[0], p.Digest, driver.Stack{})
			if r.Verdict != driver.Refused || r.Fault.Code != "dependency" || !strings.Contains(r.Fault.Summary, "Parameter '"+c.parameter+"' is invalid: Error validating value 'none'") {
				t.Errorf("the create ends %v: %+v", r.Verdict, r.Fault)
			}
		})
	}
}

// TestWhatIsNotNamedIsNotLookedUp: to Neutron nothing would be a network without a
// name.
func TestWhatIsNotNamedIsNotLookedUp(t *testing.T) {
	cluster := blue()
	cluster.Keypair, cluster.ExternalNetwork, cluster.FloatingIPEnabled, cluster.FixedNetwork = "", "", false, "provider"
	stack, ds := kubernetes.Rendered(options(), cluster)
	for parameter, constraint := range map[string]string{"ssh_key_name": "", "external_network": "", "fixed_network": "neutron.network", "fixed_subnet": ""} {
		want := "\n  " + parameter + ": {type: string, default: ''}\n"
		if constraint != "" {
			want = "\n  " + parameter + ": {type: string, default: '', constraints: [{custom_constraint: " + constraint + "}]}\n"
		}
		if !strings.Contains(stack.Template, want) {
			t.Errorf("the template lacks %q (%v)", want, ds)
		}
	}
}

// TestANodesPartCanBeSaid: a smaller part makes room.
func TestANodesPartCanBeSaid(t *testing.T) {
	c := blue()
	c.NetworkDriver = "cilium"
	set("cilium_ipv4pool", "10.100.0.0/24", "kubecontroller_options", "--node-cidr-mask-size=25")(&c)
	if r := newDriver().Render(driver.RenderInput{Cluster: c, Secrets: secrets()}); len(r.Diagnostics) > 0 {
		t.Error(r.Diagnostics)
	}
}

// TestLabelsGiveWhatTheCatalogLacks: an unknown release is fine once labels say
// what its programs are.
func TestLabelsGiveWhatTheCatalogLacks(t *testing.T) {
	c := blue()
	set("kube_tag", "v1.33.6", "kubelet_sha256", sum(4))(&c)
	if r := newDriver().Render(driver.RenderInput{Cluster: c, Secrets: secrets()}); len(r.Diagnostics) > 0 {
		t.Error(r.Diagnostics)
	}
}
