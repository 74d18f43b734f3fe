package driver

import pb "github.com/heatsync/heatsync/plugins/driverpb"

func healthInputToWire(in HealthInput) *pb.CheckHealthRequest {
	return &pb.CheckHealthRequest{
		Cluster: clusterToWire(in.Cluster), Stack: stackToWire(in.Stack), Parts: partsToWire(in.Parts),
		ClientCertificatePem: in.ClientCertificatePEM, ClientKeyPem: in.ClientKeyPEM,
		CaCertificatePem: in.CACertificatePEM,
	}
}

func healthInputFromWire(in *pb.CheckHealthRequest) HealthInput {
	return HealthInput{
		Cluster: clusterFromWire(in.GetCluster()), Stack: stackFromWire(in.GetStack()), Parts: partsFromWire(in.GetParts()),
		ClientCertificatePEM: in.GetClientCertificatePem(), ClientKeyPEM: in.GetClientKeyPem(),
		CACertificatePEM: in.GetCaCertificatePem(),
	}
}

func healthReportToWire(r HealthReport) *pb.CheckHealthResponse {
	return &pb.CheckHealthResponse{
		Health: pb.Health(r.Health), Reasons: r.Reasons,
		Nodes: each(r.Nodes, func(n Node) *pb.Node {
			return &pb.Node{
				Name: n.Name, ServerId: n.ServerID, Group: n.Group, Ready: n.Ready, Cordoned: n.Cordoned,
				Pods: wireInt32(n.Pods), BlockedEvictions: wireInt32(n.BlockedEvictions), Created: wireTime(n.Created),
			}
		}),
	}
}

func healthReportFromWire(r *pb.CheckHealthResponse) HealthReport {
	return HealthReport{
		Health: Health(r.GetHealth()), Reasons: filled(r.GetReasons()),
		Nodes: each(r.GetNodes(), func(n *pb.Node) Node {
			return Node{
				Name: n.GetName(), ServerID: n.GetServerId(), Group: n.GetGroup(), Ready: n.GetReady(), Cordoned: n.GetCordoned(),
				Pods: int(n.GetPods()), BlockedEvictions: int(n.GetBlockedEvictions()), Created: timeFrom(n.GetCreated()),
			}
		}),
	}
}

func accessToWire(a Access) *pb.GetAccessResponse {
	return &pb.GetAccessResponse{Environment: a.Environment, Files: a.Files, Diagnostics: each(a.Diagnostics, diagnosticToWire)}
}

func accessFromWire(a *pb.GetAccessResponse) Access {
	return Access{
		Environment: filled(a.GetEnvironment()), Files: filled(a.GetFiles()),
		Diagnostics: each(a.GetDiagnostics(), diagnosticFromWire),
	}
}

func previewInputToWire(in PreviewInput) *pb.PreviewRequest {
	return &pb.PreviewRequest{
		Cluster: clusterToWire(in.Cluster), Stack: stackToWire(in.Stack),
		Credential: credentialToWire(in.Credential), Secrets: each(in.Secrets, secretIDToWire),
	}
}

func previewInputFromWire(in *pb.PreviewRequest) PreviewInput {
	return PreviewInput{
		Cluster: clusterFromWire(in.GetCluster()), Stack: stackFromWire(in.GetStack()),
		Credential: credentialFromWire(in.GetCredential()), Secrets: each(in.GetSecrets(), secretFromWire),
	}
}

func previewReportToWire(r PreviewReport) *pb.PreviewResponse {
	return &pb.PreviewResponse{
		Changes: each(r.Changes, func(c ResourceChange) *pb.ResourceChange {
			return &pb.ResourceChange{Resource: c.Resource, Type: c.Type, Effect: pb.Effect(c.Effect)}
		}),
		Nested:      r.Nested,
		Diagnostics: each(r.Diagnostics, diagnosticToWire),
	}
}

func previewReportFromWire(r *pb.PreviewResponse) PreviewReport {
	return PreviewReport{
		Changes: each(r.GetChanges(), func(c *pb.ResourceChange) ResourceChange {
			return ResourceChange{Resource: c.GetResource(), Type: c.GetType(), Effect: Effect(c.GetEffect())}
		}),
		Nested:      r.GetNested(),
		Diagnostics: each(r.GetDiagnostics(), diagnosticFromWire),
	}
}
