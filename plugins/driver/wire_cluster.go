package driver

import pb "github.com/heatsync/heatsync/plugins/driverpb"

func clusterToWire(c Cluster) *pb.Cluster {
	return &pb.Cluster{
		Fleet: c.Fleet, Name: c.Name,
		Coe: c.COE, Distro: c.Distro, ServerType: c.ServerType,
		Image: c.Image, Keypair: c.Keypair,
		ExternalNetwork: c.ExternalNetwork, FixedNetwork: c.FixedNetwork, FixedSubnet: c.FixedSubnet,
		DnsNameservers: c.DNSNameservers,
		Flavor:         c.Flavor, MasterFlavor: c.MasterFlavor,
		NetworkDriver: c.NetworkDriver, VolumeDriver: c.VolumeDriver,
		DockerVolumeSizeGib: c.DockerVolumeSizeGiB, DockerStorageDriver: c.DockerStorageDriver,
		HttpProxy: c.HTTPProxy, HttpsProxy: c.HTTPSProxy, NoProxy: c.NoProxy,
		RegistryEnabled: c.RegistryEnabled, InsecureRegistry: c.InsecureRegistry,
		TlsDisabled: c.TLSDisabled, MasterLbEnabled: c.MasterLBEnabled, FloatingIpEnabled: c.FloatingIPEnabled,
		ApiserverPort:  wireInt32(c.APIServerPort),
		Labels:         c.Labels,
		NodeGroups:     each(c.NodeGroups, nodeGroupToWire),
		TimeoutMinutes: wireInt32(c.TimeoutMinutes),
		DiscoveryUrl:   c.DiscoveryURL,
		AdoptedStack:   c.AdoptedStack,
	}
}

func clusterFromWire(c *pb.Cluster) Cluster {
	return Cluster{
		Fleet: c.GetFleet(), Name: c.GetName(),
		COE: c.GetCoe(), Distro: c.GetDistro(), ServerType: c.GetServerType(),
		Image: c.GetImage(), Keypair: c.GetKeypair(),
		ExternalNetwork: c.GetExternalNetwork(), FixedNetwork: c.GetFixedNetwork(), FixedSubnet: c.GetFixedSubnet(),
		DNSNameservers: c.GetDnsNameservers(),
		Flavor:         c.GetFlavor(), MasterFlavor: c.GetMasterFlavor(),
		NetworkDriver: c.GetNetworkDriver(), VolumeDriver: c.GetVolumeDriver(),
		DockerVolumeSizeGiB: c.GetDockerVolumeSizeGib(), DockerStorageDriver: c.GetDockerStorageDriver(),
		HTTPProxy: c.GetHttpProxy(), HTTPSProxy: c.GetHttpsProxy(), NoProxy: c.GetNoProxy(),
		RegistryEnabled: c.GetRegistryEnabled(), InsecureRegistry: c.GetInsecureRegistry(),
		TLSDisabled: c.GetTlsDisabled(), MasterLBEnabled: c.GetMasterLbEnabled(), FloatingIPEnabled: c.GetFloatingIpEnabled(),
		APIServerPort:  int(c.GetApiserverPort()),
		Labels:         filled(c.GetLabels()),
		NodeGroups:     each(c.GetNodeGroups(), nodeGroupFromWire),
		TimeoutMinutes: int(c.GetTimeoutMinutes()),
		DiscoveryURL:   c.GetDiscoveryUrl(),
		AdoptedStack:   c.GetAdoptedStack(),
	}
}

func nodeGroupToWire(g NodeGroup) *pb.NodeGroup {
	out := &pb.NodeGroup{
		Name: g.Name, Role: g.Role, Flavor: g.Flavor, Image: g.Image,
		NodeCount: wireInt32(g.NodeCount), MinNodeCount: wireInt32(g.MinNodeCount),
		DockerVolumeSizeGib: g.DockerVolumeSizeGiB,
		Labels:              g.Labels, NodeLabels: g.NodeLabels,
		NodeTaints: each(g.NodeTaints, func(t NodeTaint) *pb.NodeTaint {
			return &pb.NodeTaint{Key: t.Key, Value: t.Value, Effect: t.Effect}
		}),
		IsDefault: g.IsDefault, NodesToRemove: g.NodesToRemove,
	}
	if g.MaxNodeCount != nil {
		out.MaxNodeCount = new(wireInt32(*g.MaxNodeCount))
	}
	return out
}

func nodeGroupFromWire(g *pb.NodeGroup) NodeGroup {
	out := NodeGroup{
		Name: g.GetName(), Role: g.GetRole(), Flavor: g.GetFlavor(), Image: g.GetImage(),
		NodeCount: int(g.GetNodeCount()), MinNodeCount: int(g.GetMinNodeCount()),
		DockerVolumeSizeGiB: g.GetDockerVolumeSizeGib(),
		Labels:              filled(g.GetLabels()), NodeLabels: filled(g.GetNodeLabels()),
		NodeTaints: each(g.GetNodeTaints(), func(t *pb.NodeTaint) NodeTaint {
			return NodeTaint{Key: t.GetKey(), Value: t.GetValue(), Effect: t.GetEffect()}
		}),
		IsDefault: g.GetIsDefault(), NodesToRemove: g.GetNodesToRemove(),
	}
	if g != nil && g.MaxNodeCount != nil {
		out.MaxNodeCount = new(int(g.GetMaxNodeCount()))
	}
	return out
}

func secretToWire(s Secret) *pb.Secret {
	return &pb.Secret{Name: s.Name, Id: s.ID, Value: s.Value}
}

func secretFromWire(s *pb.Secret) Secret {
	return Secret{Name: s.GetName(), ID: s.GetId(), Value: s.GetValue()}
}

// secretIDToWire leaves the value behind: the pure calls never see one.
func secretIDToWire(s Secret) *pb.Secret {
	return &pb.Secret{Name: s.Name, Id: s.ID}
}
