// Package addons says which add-ons a cluster's labels select, with which values,
// holds their manifests, and packs them into the one bundle that a control-plane
// node fetches. It refuses labels that mean nothing any more, with what to use
// instead. It knows nothing of nodes, of Heat and of clusters that run.
//
// A manifest holds ${NAME} where a value of its add-on belongs. The node applies
// the add-ons in the order of the [Selection], the files of each in the order of
// their names, each file until the API server takes it; server-side, since some
// definitions are too large for the annotation of a client-side apply.
//
// What manifests expect of the cluster: the Secret kube-system/cloud-config with
// cloud.conf, which names its CA as /etc/kubernetes/cloud-ca.crt (key
// cloud-ca.crt, may be absent); for keystone-auth its key auth-url, for
// ingress-octavia its key octavia-ingress.yaml; and nodes that carry the label
// magnum.openstack.org/role.
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

// Has tells whether an add-on is selected.
func (s Selection) Has(name string) bool {
	for _, a := range s.Addons {
		if a.Name == name {
			return true
		}
	}
	return false
}

// Input is all that a selection depends on.
type Input struct {
	Cluster         string
	Stack           string // name of its stack: whose the load balancers and volumes are that it makes
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
	HTTPProxy       string // of what a pod fetches from outside; it names no user
	HTTPSProxy      string
	NoProxy         string            // with the cluster's own networks
	Images          map[string]string // default tag by label (versions.Catalog.Images); nil for the built-in ones
}
