// Package addons says which add-ons a cluster's labels select, with which values,
// holds their manifests, and packs them into the one bundle that a control-plane
// node fetches. It refuses labels that mean nothing any more, with what to use
// instead. It knows nothing of nodes, of Heat and of clusters that run.
package addons

// Addon is one add-on of a cluster.
type Addon struct {
	Name   string            `json:"name"`             // folder of the bundle: "coredns", "cinder-csi"
	Values map[string]string `json:"values,omitempty"` // for the ${NAME} of its manifests
}

// Selection is what a control-plane node applies, in order. Its JSON is
// /etc/heatsync/addons.json.
type Selection struct {
	Addons []Addon `json:"addons"`
}

// Input is all that a selection depends on.
type Input struct {
	Cluster         string
	Kubernetes      string // v1.34.2
	NetworkDriver   string // flannel, calico, cilium
	VolumeDriver    string // cinder or ""
	PodCIDR         string
	ServiceCIDR     string
	DNSServiceIP    string
	DNSDomain       string
	ImagePrefix     string // container_infra_prefix, "" or ending in /
	Labels          map[string]string
	ExternalNetwork string
}
