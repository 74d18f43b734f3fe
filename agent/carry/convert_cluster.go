package carry

import (
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// ClusterOf gives a driver its cluster. It is total: every field of one type has
// its place in the other, which a test checks by reflection.
func ClusterOf(fleet string, c *spec.Cluster) driver.Cluster {
	out := driver.Cluster{
		Fleet: fleet, Name: c.Name,
		COE: c.COE, Distro: c.Distro, ServerType: string(c.ServerType),
		Image: c.Image, Keypair: c.Keypair, Flavor: c.Flavor, MasterFlavor: c.MasterFlavor,
		ExternalNetwork: c.ExternalNetwork, FixedNetwork: c.FixedNetwork, FixedSubnet: c.FixedSubnet,
		DNSNameservers: c.DNSNameservers, NetworkDriver: c.NetworkDriver,
		MasterLBEnabled: c.MasterLBEnabled, FloatingIPEnabled: c.FloatingIPEnabled, APIServerPort: c.APIServerPort,
		VolumeDriver: c.VolumeDriver, DockerVolumeSizeGiB: int64(c.DockerVolumeGiB), DockerStorageDriver: c.DockerStorageDriver,
		HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: c.NoProxy,
		RegistryEnabled: c.RegistryEnabled, InsecureRegistry: c.InsecureRegistry, TLSDisabled: c.TLSDisabled,
		Labels: c.Labels, TimeoutMinutes: c.TimeoutMinutes, DiscoveryURL: c.DiscoveryURL,
	}
	for _, g := range c.Groups {
		out.NodeGroups = append(out.NodeGroups, groupOf(g))
	}
	if c.Adopt != nil {
		out.AdoptedStack = c.Adopt.Stack
	}
	return out
}

func groupOf(g spec.NodeGroup) driver.NodeGroup {
	out := driver.NodeGroup{
		Name: g.Name, Role: g.Role, Flavor: g.Flavor, Image: g.Image,
		NodeCount: g.NodeCount, NodesToRemove: g.NodesToRemove, MinNodeCount: g.MinNodeCount,
		DockerVolumeSizeGiB: int64(g.DockerVolumeGiB), Labels: g.Labels, NodeLabels: g.NodeLabels,
		IsDefault: g.Name == spec.DefaultMaster || g.Name == spec.DefaultWorker,
	}
	if g.MaxNodeCount > 0 {
		n := g.MaxNodeCount
		out.MaxNodeCount = &n
	}
	for _, t := range g.NodeTaints {
		out.NodeTaints = append(out.NodeTaints, driver.NodeTaint{Key: t.Key, Value: t.Value, Effect: t.Effect})
	}
	return out
}
