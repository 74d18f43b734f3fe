package addons

import "github.com/heatsync/heatsync/plugins/driver"

// The network drivers.
const (
	flannel = "flannel"
	calico  = "calico"
	cilium  = "cilium"
)

func networkLabels() []driver.Label {
	return []driver.Label{
		{
			Name: "flannel_network_cidr", Type: driver.LabelCIDR, Default: "10.100.0.0/16", Effect: fixed,
			Doc: "Network of the pods with networkDriver flannel.",
		},
		{
			Name: "flannel_network_subnetlen", Type: driver.LabelInt, Default: "24", Pattern: `1[6-9]|2[0-8]`, Effect: fixed,
			Doc: "Prefix length of each node's part of the pods' network, 16 to 28.",
		},
		{
			Name: "flannel_backend", Type: driver.LabelString, Default: "vxlan", Allowed: []string{"udp", "vxlan", "host-gw"}, Effect: fixed,
			Doc: "How flannel carries packets between nodes. host-gw needs nodes in one subnet.",
		},
		tag("flannel_tag", "flannel"),
		{
			Name: "flannel_cni_plugin_tag", Type: driver.LabelString, Pattern: tagPattern, Effect: atCreation,
			Doc: "Tag of flannel's CNI plugin. Without it, the tag that the driver's release was made with.",
		},
		{
			Name: "calico_ipv4pool", Type: driver.LabelCIDR, Default: "10.100.0.0/16", Effect: fixed,
			Doc: "Network of the pods with networkDriver calico.",
		},
		{
			Name: "calico_ipv4pool_ipip", Type: driver.LabelString, Default: "Off", Allowed: []string{"Always", "CrossSubnet", "Never", "Off"}, Effect: fixed,
			Doc: "Whether Calico wraps packets between nodes in IP. Off is Never; ports that carry the pods' network must then allow its addresses.",
		},
		{
			Name: "calico_ipv4pool_nat", Type: driver.LabelBool, Default: "true", Effect: fixed,
			Doc: "Whether packets from pods leave the cluster with the node's address. Magnum stored this label without effect.",
		},
		tag("calico_tag", "Calico's images"),
		{
			Name: "cilium_ipv4pool", Type: driver.LabelCIDR, Default: "10.100.0.0/16", Effect: fixed,
			Doc: "Network of the pods with networkDriver cilium.",
		},
		{
			Name: "cilium_tunnel", Type: driver.LabelString, Default: "vxlan", Allowed: []string{"vxlan", "geneve", "native"}, Effect: fixed,
			Doc: "How Cilium carries packets between nodes. native needs nodes in one subnet.",
		},
		tag("cilium_tag", "Cilium's agent and operator"),
	}
}
