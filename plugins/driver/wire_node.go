package driver

import pb "github.com/heatsync/heatsync/plugins/driverpb"

func nodeToWire(n Node) *pb.Node {
	return &pb.Node{
		Name: n.Name, ServerId: n.ServerID, Group: n.Group, Ready: n.Ready, Cordoned: n.Cordoned,
		Pods: wireInt32(n.Pods), BlockedEvictions: wireInt32(n.BlockedEvictions),
		Created: wireTime(n.Created), DrainSince: wireTime(n.DrainSince),
	}
}

func nodeFromWire(n *pb.Node) Node {
	return Node{
		Name: n.GetName(), ServerID: n.GetServerId(), Group: n.GetGroup(), Ready: n.GetReady(), Cordoned: n.GetCordoned(),
		Pods: int(n.GetPods()), BlockedEvictions: int(n.GetBlockedEvictions()),
		Created: timeFrom(n.GetCreated()), DrainSince: timeFrom(n.GetDrainSince()),
	}
}

func clusterAPIToWire(a ClusterAPI) *pb.ClusterAPI {
	return &pb.ClusterAPI{
		Address: a.Address, CaCertificatePem: a.CACertificatePEM,
		ClientCertificatePem: a.ClientCertificatePEM, ClientKeyPem: a.ClientKeyPEM,
	}
}

func clusterAPIFromWire(a *pb.ClusterAPI) ClusterAPI {
	return ClusterAPI{
		Address: a.GetAddress(), CACertificatePEM: a.GetCaCertificatePem(),
		ClientCertificatePEM: a.GetClientCertificatePem(), ClientKeyPEM: a.GetClientKeyPem(),
	}
}
