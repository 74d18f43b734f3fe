package driver

// attribute is one attribute of a cluster, under its name in the YAML.
type attribute struct {
	name string
	set  bool
}

// clusterAttributes lists the attributes that a driver's schema covers, in the
// order of the document. Every resolved cluster has counts of one and floating IPs
// unless it says otherwise (Magnum's defaults, magnum/api/controllers/v1), so only
// another value counts as set.
func clusterAttributes(c Cluster) []attribute {
	return []attribute{
		{"image", c.Image != ""},
		{"keypair", c.Keypair != ""},
		{"externalNetwork", c.ExternalNetwork != ""},
		{"fixedNetwork", c.FixedNetwork != ""},
		{"fixedSubnet", c.FixedSubnet != ""},
		{"dnsNameserver", len(c.DNSNameservers) > 0},
		{"flavor", c.Flavor != ""},
		{"masterFlavor", c.MasterFlavor != ""},
		{"networkDriver", c.NetworkDriver != ""},
		{"volumeDriver", c.VolumeDriver != ""},
		{"dockerVolumeSize", c.DockerVolumeSizeGiB != 0},
		{"dockerStorageDriver", c.DockerStorageDriver != ""},
		{"httpProxy", c.HTTPProxy != ""},
		{"httpsProxy", c.HTTPSProxy != ""},
		{"noProxy", c.NoProxy != ""},
		{"registryEnabled", c.RegistryEnabled},
		{"insecureRegistry", c.InsecureRegistry != ""},
		{"tlsDisabled", c.TLSDisabled},
		{"masterLbEnabled", c.MasterLBEnabled},
		{"floatingIpEnabled", !c.FloatingIPEnabled},
		{"apiserverPort", c.APIServerPort != 0},
		{"masterCount", countSet(c, "default-master")},
		{"nodeCount", countSet(c, "default-worker")},
		{"discoveryUrl", c.DiscoveryURL != ""},
	}
}

func countSet(c Cluster, group string) bool {
	g, ok := c.Group(group)
	return ok && g.NodeCount != 1
}
