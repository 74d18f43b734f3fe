package driver

// Cluster is a cluster with its template merged in: all that a render may
// depend on. Fields are the attributes people write, see docs/reference/kinds.md.
type Cluster struct {
	Fleet               string            `json:"fleet"`
	Name                string            `json:"name"`
	COE                 string            `json:"coe"`
	Distro              string            `json:"distro,omitempty"`
	ServerType          string            `json:"serverType,omitempty"` // vm or bm
	Image               string            `json:"image,omitempty"`
	Keypair             string            `json:"keypair,omitempty"`
	ExternalNetwork     string            `json:"externalNetwork,omitempty"`
	FixedNetwork        string            `json:"fixedNetwork,omitempty"` // "": make one
	FixedSubnet         string            `json:"fixedSubnet,omitempty"`
	DNSNameservers      []string          `json:"dnsNameservers,omitempty"`
	Flavor              string            `json:"flavor,omitempty"`
	MasterFlavor        string            `json:"masterFlavor,omitempty"`
	NetworkDriver       string            `json:"networkDriver,omitempty"`
	VolumeDriver        string            `json:"volumeDriver,omitempty"`
	DockerVolumeSizeGiB int64             `json:"dockerVolumeSizeGiB,omitempty"` // 0: none
	DockerStorageDriver string            `json:"dockerStorageDriver,omitempty"`
	HTTPProxy           string            `json:"httpProxy,omitempty"`
	HTTPSProxy          string            `json:"httpsProxy,omitempty"`
	NoProxy             string            `json:"noProxy,omitempty"`
	RegistryEnabled     bool              `json:"registryEnabled,omitempty"`
	InsecureRegistry    string            `json:"insecureRegistry,omitempty"`
	TLSDisabled         bool              `json:"tlsDisabled,omitempty"`
	MasterLBEnabled     bool              `json:"masterLbEnabled,omitempty"`
	FloatingIPEnabled   bool              `json:"floatingIpEnabled,omitempty"`
	APIServerPort       int               `json:"apiserverPort,omitempty"` // 0: the COE's own
	Labels              map[string]string `json:"labels,omitempty"`
	NodeGroups          []NodeGroup       `json:"nodeGroups,omitempty"` // default-master, default-worker, then the others by name
	TimeoutMinutes      int               `json:"timeoutMinutes,omitempty"`
	DiscoveryURL        string            `json:"discoveryUrl,omitempty"`
	AdoptedStack        string            `json:"adoptedStack,omitempty"` // not "": made by somebody else; its template stays
}

// NodeGroup is one group of like nodes with every value resolved.
type NodeGroup struct {
	Name                string            `json:"name"`
	Role                string            `json:"role"`
	Flavor              string            `json:"flavor,omitempty"`
	Image               string            `json:"image,omitempty"`
	NodeCount           int               `json:"nodeCount"`
	NodesToRemove       []string          `json:"nodesToRemove,omitempty"` // names or server ids: these go first when the count is lowered
	MinNodeCount        int               `json:"minNodeCount,omitempty"`
	MaxNodeCount        *int              `json:"maxNodeCount,omitempty"`        // nil: no upper bound
	DockerVolumeSizeGiB int64             `json:"dockerVolumeSizeGiB,omitempty"` // 0: none, whatever the cluster has
	Labels              map[string]string `json:"labels,omitempty"`
	NodeLabels          map[string]string `json:"nodeLabels,omitempty"`
	NodeTaints          []NodeTaint       `json:"nodeTaints,omitempty"`
	IsDefault           bool              `json:"isDefault,omitempty"`
}

// NodeTaint is a taint that every node of a group carries.
type NodeTaint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"`
}

// Group returns the node group of that name.
func (c Cluster) Group(name string) (NodeGroup, bool) {
	for _, g := range c.NodeGroups {
		if g.Name == name {
			return g, true
		}
	}
	return NodeGroup{}, false
}
