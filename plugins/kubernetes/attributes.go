package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// attributes are those of a cluster that have an effect. registryEnabled has none:
// its registry was Magnum's own, on Swift.
var attributes = []driver.Attribute{
	{Name: "image", Required: true, Effect: driver.EffectRolling, Doc: "Image of the distribution, as its makers publish it."},
	{Name: "keypair", Effect: driver.EffectRolling, Doc: "Nova keypair for ssh. Without it nobody can log in to nodes."},
	{Name: "flavor", Required: true, Effect: driver.EffectRolling, Doc: "Flavor of the workers: 2 GiB of memory or more."},
	{Name: "masterFlavor", Effect: driver.EffectRolling, Doc: "Flavor of the masters, 2 CPUs and 2 GiB or more; that of the workers unless it is set."},
	{Name: "masterCount", Effect: driver.EffectAdd, Doc: "Number of masters, odd. More than one needs masterLbEnabled. It can grow; etcd has to give members up before it can shrink, which is not built yet."},
	{Name: "nodeCount", Effect: driver.EffectRemove, Doc: "Number of workers of default-worker. Those that go are chosen and emptied first."},
	{Name: "nodesToRemove", Effect: driver.EffectRemove, Doc: "Nodes that go first when a count is lowered, by node name or server id. One that is no node of the group stops the plan while others would go in its place."},
	{Name: "nodeGroups", Effect: driver.EffectRemove, Doc: "Further groups of workers."},
	{Name: "nodeLabels", Effect: driver.EffectNone, Doc: "Kubernetes labels of a group's nodes. For groups made later: nodes take them when they join."},
	{Name: "nodeTaints", Effect: driver.EffectNone, Doc: "Taints of a group's nodes. For groups made later: nodes take them when they join."},
	{Name: "externalNetwork", Effect: driver.EffectRefused, Doc: "Network of the floating IPs and of the router. Needed unless there is neither."},
	{Name: "fixedNetwork", Effect: driver.EffectRefused, Doc: "Existing network. Without it the cluster makes one with a router. Bare metal needs it."},
	{Name: "fixedSubnet", Effect: driver.EffectRefused, Doc: "Subnet of fixedNetwork. Without it Neutron chooses; bare metal and masterLbEnabled need it."},
	{Name: "dnsNameserver", Effect: driver.EffectInPlace, Doc: "DNS servers of the cluster's own network."},
	{Name: "floatingIpEnabled", Effect: driver.EffectRefused, Doc: "Each server gets a floating IP."},
	{Name: "masterLbEnabled", Effect: driver.EffectRefused, Doc: "A load balancer of Octavia before the API."},
	{Name: "apiserverPort", Effect: driver.EffectRefused, Doc: "Port of the API, 6443 unless it is set."},
	{Name: "networkDriver", Effect: driver.EffectRefused, Doc: "flannel (default), calico or cilium."},
	{Name: "volumeDriver", Effect: driver.EffectNone, Doc: "cinder gives pods volumes. For clusters made later: the add-on is applied when the cluster begins."},
	{Name: "dockerVolumeSize", Effect: driver.EffectRolling, Doc: "GiB of a volume per server for container images. Without it the server's own disk; so with a node group's own 0, whatever the cluster has."},
	{Name: "dockerStorageDriver", Effect: driver.EffectNone, Doc: "overlay2 or overlay: both are containerd's overlayfs, which it always uses."},
	{Name: "insecureRegistry", Effect: driver.EffectNone, Doc: "Registry that containerd takes without TLS, as host:port. For groups made later."},
	{Name: "httpProxy", Effect: driver.EffectNone, Doc: "Proxy for downloads, containerd, the API server and the job of post_install_manifest_url. For groups made later."},
	{Name: "httpsProxy", Effect: driver.EffectNone, Doc: "As httpProxy, for https."},
	{Name: "noProxy", Effect: driver.EffectNone, Doc: "What is reached without a proxy, besides the cluster's own networks and the subnet of its nodes. For groups made later."},
	{Name: "tlsDisabled", Effect: driver.EffectRefused, Doc: "Refused when true: the API server has had no port without TLS since Kubernetes 1.20."},
}

// bootedAttributes reach nodes in what they boot, by name of the parameter that
// tells of them. distro and serverType pick the driver, so no schema has them.
var bootedAttributes = map[string]string{
	"distro": "distro", "server_type": "serverType",
	"volume_driver": "volumeDriver", "docker_storage_driver": "dockerStorageDriver", "insecure_registry": "insecureRegistry",
	"http_proxy": "httpProxy", "https_proxy": "httpsProxy", "no_proxy": "noProxy", "network_driver": "networkDriver",
}
