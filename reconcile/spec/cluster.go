package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Lifecycle says what a document asks of its cluster's existence.
type Lifecycle string

// The lifecycles. Only Absent ever asks for a delete.
const (
	Present   Lifecycle = "Present"   // build it and keep it as written
	Suspended Lifecycle = "Suspended" // look, never touch
	Absent    Lifecycle = "Absent"    // delete it
)

// ServerType is what a cluster's servers are.
type ServerType string

// The server types of Magnum.
const (
	VM        ServerType = "vm"
	BareMetal ServerType = "bm"
)

// The node groups every cluster has, and the roles in use.
const (
	DefaultMaster = "default-master"
	DefaultWorker = "default-worker"
	RoleMaster    = "master"
	RoleWorker    = "worker"
)

// Cluster is a cluster as Git asks for it: its document merged over its
// template's, defaults filled in. It is recorded, hashed and sent to drivers as
// JSON, whose names are those of the YAML. Values of one [Set] share maps and
// slices: treat them as read-only.
//
// An empty text means "not written": the driver's own default applies. Of an
// Absent cluster whose template is gone only Name and Lifecycle are set.
type Cluster struct {
	Name      string    `json:"name"`
	Lifecycle Lifecycle `json:"lifecycle"`

	COE        string     `json:"coe,omitempty"`
	Distro     string     `json:"distro,omitempty"`
	ServerType ServerType `json:"serverType,omitempty"`
	Driver     string     `json:"driver,omitempty"` // overrides the choice by COE, distro and server type

	Image        string `json:"image,omitempty"`
	Keypair      string `json:"keypair,omitempty"`
	Flavor       string `json:"flavor,omitempty"`       // of workers
	MasterFlavor string `json:"masterFlavor,omitempty"` // of masters

	ExternalNetwork   string   `json:"externalNetwork,omitempty"`
	FixedNetwork      string   `json:"fixedNetwork,omitempty"` // "": a private network is made
	FixedSubnet       string   `json:"fixedSubnet,omitempty"`
	DNSNameservers    []string `json:"dnsNameserver,omitempty"` // IPv4 addresses
	NetworkDriver     string   `json:"networkDriver,omitempty"`
	MasterLBEnabled   bool     `json:"masterLbEnabled"`
	FloatingIPEnabled bool     `json:"floatingIpEnabled"`
	APIServerPort     int      `json:"apiserverPort,omitempty"` // 0: the driver's

	VolumeDriver        string `json:"volumeDriver,omitempty"`
	DockerVolumeGiB     int    `json:"dockerVolumeSize,omitempty"` // 0: the server's own disk
	DockerStorageDriver string `json:"dockerStorageDriver,omitempty"`

	HTTPProxy        string `json:"httpProxy,omitempty"`
	HTTPSProxy       string `json:"httpsProxy,omitempty"`
	NoProxy          string `json:"noProxy,omitempty"` // comma-separated
	RegistryEnabled  bool   `json:"registryEnabled"`
	InsecureRegistry string `json:"insecureRegistry,omitempty"`
	TLSDisabled      bool   `json:"tlsDisabled"`

	Labels map[string]string `json:"labels,omitempty"` // values as they were written

	// Groups holds default-master, default-worker and then the extra groups by
	// name, each with its effective values.
	Groups []NodeGroup `json:"groups,omitempty"`

	TimeoutMinutes int    `json:"timeoutMinutes,omitempty"` // Heat's timeout_mins, at least 1
	DiscoveryURL   string `json:"discoveryUrl,omitempty"`
	Adopt          *Adopt `json:"adopt,omitempty"` // nil: the cluster's own stack
}

// NodeGroup is one group of like servers of a [Cluster], with its effective
// values: what the group does not say it has from the cluster.
type NodeGroup struct {
	Name            string            `json:"name"`
	Role            string            `json:"role"`
	Flavor          string            `json:"flavor,omitempty"`
	Image           string            `json:"image,omitempty"`
	NodeCount       int               `json:"nodeCount"`
	NodesToRemove   []string          `json:"nodesToRemove,omitempty"` // names or server ids: these go first when the count is lowered
	MinNodeCount    int               `json:"minNodeCount,omitempty"`
	MaxNodeCount    int               `json:"maxNodeCount,omitempty"` // 0: no bound
	DockerVolumeGiB int               `json:"dockerVolumeSize,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	NodeLabels      map[string]string `json:"nodeLabels,omitempty"` // Kubernetes labels of the nodes
	NodeTaints      []Taint           `json:"nodeTaints,omitempty"`
}

// Taint is a Kubernetes taint of a group's nodes.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"` // NoSchedule, PreferNoSchedule, NoExecute
}

// Adopt names an existing stack to take over.
type Adopt struct {
	Stack string `json:"stack"` // Heat's name or id
}

// Masters gives the number of master nodes, 0 when the cluster has no groups.
func (c *Cluster) Masters() int {
	if len(c.Groups) == 0 {
		return 0
	}
	return c.Groups[0].NodeCount
}

// Nodes gives the number of all nodes wanted, masters included.
func (c *Cluster) Nodes() int {
	n := 0
	for _, g := range c.Groups {
		n += g.NodeCount
	}
	return n
}

// Hash names everything a render can depend on: SHA-256 in hex over the JSON
// without the lifecycle. Equal clusters have equal hashes in every process and
// on every machine of one release.
func (c *Cluster) Hash() string {
	plain := *c
	plain.Lifecycle = ""
	data, err := json.Marshal(&plain)
	if err != nil { // strings, numbers, maps of text: JSON can hold all of them
		panic(fmt.Sprintf("spec: cluster %q: %v", c.Name, err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
