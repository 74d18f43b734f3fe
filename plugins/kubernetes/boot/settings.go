package boot

import (
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// System is a distribution, by the word of a template's distro.
type System string

// The systems.
const (
	FedoraCoreOS System = "fedora-coreos"
	Flatcar      System = "flatcar"
	Ubuntu       System = "ubuntu"
	FedoraAtomic System = "fedora-atomic"
)

// Role of a node.
type Role string

// The roles.
const (
	ControlPlane Role = "control-plane"
	Worker       Role = "worker"
)

// The placeholders of secrets, each alone in a file's base64 text. Heat's
// str_replace puts the base64 of the value in their place.
const (
	KubernetesCACertificate = "%KUBERNETES_CA_CERTIFICATE%" // control plane and workers
	KubernetesCAKey         = "%KUBERNETES_CA_KEY%"         // control plane
	EtcdCACertificate       = "%ETCD_CA_CERTIFICATE%"       // control plane
	EtcdCAKey               = "%ETCD_CA_KEY%"               // control plane
	FrontProxyCACertificate = "%FRONT_PROXY_CA_CERTIFICATE%"
	FrontProxyCAKey         = "%FRONT_PROXY_CA_KEY%"
	ServiceAccountKey       = "%SERVICE_ACCOUNT_KEY%" // control plane
	JoinToken               = "%JOIN_TOKEN%"          // all
	CAHash                  = "%CA_HASH%"             // all: sha256:<hex> of the CA's public key
	CloudConfig             = "%CLOUD_CONFIG%"        // control plane: the cloud controller's credential, JSON
)

// Placeholders lists what the text of a role holds, in a fixed order.
func Placeholders(r Role) []string {
	all := []string{KubernetesCACertificate, JoinToken, CAHash}
	if r == ControlPlane {
		all = append(all, KubernetesCAKey, EtcdCACertificate, EtcdCAKey, FrontProxyCACertificate, FrontProxyCAKey, ServiceAccountKey, CloudConfig)
	}
	return all
}

// The keys of a server's Nova metadata that a node reads.
const (
	MetaIndex      = "heatsync_index"       // of the node in its group, from 0
	MetaGroup      = "heatsync_group"       // its group's name
	MetaAPI        = "heatsync_api"         // address that nodes reach the API at; "" on a lone control-plane node: its own
	MetaAPIPublic  = "heatsync_api_public"  // address that people reach the API at; "" for none
	MetaFloatingIP = "heatsync_floating_ip" // of the node; "" for none
	MetaMayBegin   = "heatsync_may_begin"   // until when node 0 may begin the cluster, in seconds since 1970; "" for not at all
	MetaNetwork    = "heatsync_network"     // id of the cluster's network
	MetaSubnet     = "heatsync_subnet"      // id of its subnet
	MetaExternal   = "heatsync_external"    // id of the network of floating IPs, or its name where Heat does not tell; "" for none

	// Ids of the Cinder volumes of a node, of which its disks' serials are made.
	// Nova's device tags "etcd" and "containers" do as well.
	MetaEtcdVolume       = "heatsync_etcd_volume"
	MetaContainersVolume = "heatsync_containers_volume"
)

// Settings is all that the text of one group depends on.
type Settings struct {
	System     System
	Role       Role
	Cluster    string
	Stack      string // name of the cluster's stack: whose the load balancers are that it makes
	Group      string // role of the group as people wrote it is NodeRole
	NodeRole   string
	NodeLabels map[string]string
	NodeTaints []Taint

	Release versions.Release

	NetworkDriver string
	Modules       []string // of the kernel, besides those that the network driver always needs
	PodCIDR       string
	ServiceCIDR   string
	DNSServiceIP  string
	DNSDomain     string
	APIPort       int

	// First says that this group's node 0 begins the cluster, where its metadata
	// says that it may.
	First  bool
	Addons addons.Selection // control plane
	Bundle versions.Download

	CloudProvider     bool                         // the external OpenStack cloud controller runs
	CloudConf         map[string]map[string]string // more of cloud.conf: section, key, value
	KeystoneWebhook   string                       // the configuration with which API servers ask Keystone's webhook; "" for none
	TLSDisabled       bool
	EtcdVolume        bool // a Cinder volume with the serial of the metadata's etcd volume is mounted at /var/lib/etcd
	ContainersVolume  bool // likewise /var/lib/containerd
	ImagePrefix       string
	InsecureRegistry  string
	RegistryMirror    string // URL at which docker.io's images are looked for first; "" for none
	HTTPProxy         string
	HTTPSProxy        string
	NoProxy           string
	CgroupDriver      string // systemd or cgroupfs
	SELinuxMode       string // enforcing, permissive, disabled; Fedora's
	AdmissionPlugins  []string
	KubeletOptions    string
	APIServerOptions  string
	ControllerOptions string
	SchedulerOptions  string
	ProxyOptions      string
	FeatureGates      string
	KubeletVolumePlug string // folder of volume plugins; "" for one that every system can write
	ProbeDelaySeconds int    // of system pods
	ProbeTimeout      int    // seconds, of system pods
}

// Taint is a taint of a group's nodes.
type Taint struct{ Key, Value, Effect string }
