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
			Doc: "How flannel carries packets between nodes. host-gw needs nodes in one subnet; with udp, which is slow, flannel is privileged.",
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

// flannelValues gives flanneld its rights. The backend udp opens /dev/net/tun, which
// is a privileged container's like all of the node's devices.
func flannelValues(s settings) values {
	rights := "{capabilities: {add: [NET_ADMIN, NET_RAW]}}"
	if s.text("flannel_backend") == "udp" {
		rights = "{privileged: true}"
	}
	return s.with(values{
		"FLANNEL_IMAGE":     s.image("ghcr.io/flannel-io/flannel", "flannel_tag"),
		"FLANNEL_CNI_IMAGE": s.image("ghcr.io/flannel-io/flannel-cni-plugin", "flannel_cni_plugin_tag"),
		"FLANNEL_BACKEND":   s.text("flannel_backend"),
		"FLANNEL_RIGHTS":    rights,
		"POD_CIDR":          s.PodCIDR,
	})
}

func calicoValues(s settings) values {
	ipip := s.text("calico_ipv4pool_ipip")
	if ipip == "Off" { // Magnum's word; Calico's is Never
		ipip = "Never"
	}
	nat := "false"
	if s.on("calico_ipv4pool_nat") {
		nat = "true"
	}
	return s.with(values{
		"CALICO_NODE_IMAGE":        s.image("quay.io/calico/node", "calico_tag"),
		"CALICO_CNI_IMAGE":         s.image("quay.io/calico/cni", "calico_tag"),
		"CALICO_CONTROLLERS_IMAGE": s.image("quay.io/calico/kube-controllers", "calico_tag"),
		"CALICO_IPIP":              ipip,
		"CALICO_NAT":               nat,
		"POD_CIDR":                 s.PodCIDR,
	})
}

func ciliumValues(s settings) values {
	routing, tunnel := "tunnel", s.text("cilium_tunnel")
	if tunnel == "native" {
		routing, tunnel = "native", "vxlan" // with native routing the tunnel is not used
	}
	direct := "false"
	if routing == "native" {
		direct = "true"
	}
	return s.with(values{
		"CILIUM_IMAGE":          s.image("quay.io/cilium/cilium", "cilium_tag"),
		"CILIUM_OPERATOR_IMAGE": s.image("quay.io/cilium/operator-generic", "cilium_tag"),
		"CILIUM_ROUTING":        routing,
		"CILIUM_TUNNEL":         tunnel,
		"CILIUM_DIRECT":         direct,
		"CLUSTER":               s.Cluster,
		"POD_CIDR":              s.PodCIDR,
	})
}
