// Package versions knows which Kubernetes releases the driver can build, and of
// each of its programs where it lies and what its SHA-256 is. It reads one file
// per Kubernetes minor, writes it from upstream's own checksum files ([Update]),
// and makes up nothing: an entry without a checksum is one that cannot be used.
package versions

// Program names one download of a node.
type Program string

// The programs of a node.
const (
	Kubeadm    Program = "kubeadm"
	Kubelet    Program = "kubelet"
	Kubectl    Program = "kubectl"
	Containerd Program = "containerd"
	Runc       Program = "runc"
	CNIPlugins Program = "cni-plugins"
	Crictl     Program = "crictl"
	Helm       Program = "helm"
)

// Download is one file: what is fetched, and what it must be.
type Download struct {
	Version string // as its project writes it: "v1.34.2", "2.1.5"
	URL     string // https, whole
	SHA256  string // 64 hex; "" is not known: nothing may be fetched
}

// Release is one Kubernetes release with all that a node of it downloads.
type Release struct {
	Kubernetes string // "v1.34.2"
	Downloads  map[Program]Download
}

// Catalog is the releases there are. It is read only and safe for concurrent use.
type Catalog struct {
	releases map[string]Release // by Kubernetes version
	latest   string
}
