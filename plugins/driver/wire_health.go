package driver

import pb "github.com/heatsync/heatsync/plugins/driverpb"

func healthInputToWire(in HealthInput) *pb.CheckHealthRequest {
	return &pb.CheckHealthRequest{
		Cluster: clusterToWire(in.Cluster), Stack: stackToWire(in.Stack), Parts: partsToWire(in.Parts),
		ClientCertificatePem: in.ClientCertificatePEM, ClientKeyPem: in.ClientKeyPEM,
		CaCertificatePem: in.CACertificatePEM,
		ApiAddress:       in.APIAddress, Facts: in.Facts,
	}
}

func healthInputFromWire(in *pb.CheckHealthRequest) HealthInput {
	return HealthInput{
		Cluster: clusterFromWire(in.GetCluster()), Stack: stackFromWire(in.GetStack()), Parts: partsFromWire(in.GetParts()),
		ClientCertificatePEM: in.GetClientCertificatePem(), ClientKeyPEM: in.GetClientKeyPem(),
		CACertificatePEM: in.GetCaCertificatePem(),
		APIAddress:       in.GetApiAddress(), Facts: in.GetFacts(),
	}
}

func healthReportToWire(r HealthReport) *pb.CheckHealthResponse {
	return &pb.CheckHealthResponse{
		Health: pb.Health(r.Health), Reasons: r.Reasons,
		Nodes: each(r.Nodes, nodeToWire), ConsoleServerId: r.ConsoleServerID,
	}
}

func healthReportFromWire(r *pb.CheckHealthResponse) HealthReport {
	return HealthReport{
		Health: Health(r.GetHealth()), Reasons: filled(r.GetReasons()),
		Nodes: each(r.GetNodes(), nodeFromWire), ConsoleServerID: r.GetConsoleServerId(),
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
