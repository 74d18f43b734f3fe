package driver

import (
	"encoding/json"
	"math"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

func renderInputToWire(in RenderInput) *pb.RenderRequest {
	return &pb.RenderRequest{Cluster: clusterToWire(in.Cluster), Secrets: each(in.Secrets, secretIDToWire)}
}

func renderInputFromWire(in *pb.RenderRequest) RenderInput {
	return RenderInput{Cluster: clusterFromWire(in.GetCluster()), Secrets: each(in.GetSecrets(), secretFromWire)}
}

func renderedToWire(r Rendered) *pb.RenderResponse {
	return &pb.RenderResponse{
		Digest: r.Digest, Parameters: r.Parameters, Secrets: r.Secrets,
		Diagnostics: each(r.Diagnostics, diagnosticToWire), Resources: int32(min(r.Resources, math.MaxInt32)),
	}
}

func renderedFromWire(r *pb.RenderResponse) Rendered {
	return Rendered{
		Digest: r.GetDigest(), Parameters: filled(r.GetParameters()), Secrets: r.GetSecrets(),
		Diagnostics: each(r.GetDiagnostics(), diagnosticFromWire), Resources: int(r.GetResources()),
	}
}

func planInputToWire(in PlanInput) *pb.PlanRequest {
	out := &pb.PlanRequest{
		Intent: pb.Intent(in.Intent), Cluster: clusterToWire(in.Cluster), Parts: partsToWire(in.Parts),
		Secrets: each(in.Secrets, secretIDToWire), Deep: in.Deep, Recover: in.Recover,
	}
	if in.Stack != nil {
		out.Stack = stackToWire(*in.Stack)
	}
	return out
}

func planInputFromWire(in *pb.PlanRequest) PlanInput {
	out := PlanInput{
		Intent: Intent(in.GetIntent()), Cluster: clusterFromWire(in.GetCluster()), Parts: partsFromWire(in.GetParts()),
		Secrets: each(in.GetSecrets(), secretFromWire), Deep: in.GetDeep(), Recover: in.GetRecover(),
	}
	if in.GetStack() != nil {
		out.Stack = new(stackFromWire(in.GetStack()))
	}
	return out
}

func planToWire(p Plan) *pb.PlanResponse {
	return &pb.PlanResponse{
		Need: each(p.Need, partToWire),
		Changes: each(p.Changes, func(c Change) *pb.Change {
			return &pb.Change{Path: c.Path, From: c.From, To: c.To, Effect: pb.Effect(c.Effect), Drift: c.Drift}
		}),
		Steps: each(p.Steps, func(s Step) *pb.Step {
			return &pb.Step{Id: s.ID, Title: s.Title, Kind: pb.StepKind(s.Kind), Disruption: pb.Effect(s.Disruption), Nodes: each(s.Nodes, nodeToWire)}
		}),
		Diagnostics: each(p.Diagnostics, diagnosticToWire),
		Facts:       &pb.Facts{Known: p.Facts.Known, ApiAddress: p.Facts.APIAddress, NodesLive: wireInt32(p.Facts.NodesLive)},
		Digest:      p.Digest,
	}
}

func planFromWire(p *pb.PlanResponse) Plan {
	return Plan{
		Need: each(p.GetNeed(), partFromWire),
		Changes: each(p.GetChanges(), func(c *pb.Change) Change {
			return Change{Path: c.GetPath(), From: c.GetFrom(), To: c.GetTo(), Effect: Effect(c.GetEffect()), Drift: c.GetDrift()}
		}),
		Steps: each(p.GetSteps(), func(s *pb.Step) Step {
			return Step{ID: s.GetId(), Title: s.GetTitle(), Kind: StepKind(s.GetKind()), Disruption: Effect(s.GetDisruption()), Nodes: each(s.GetNodes(), nodeFromWire)}
		}),
		Diagnostics: each(p.GetDiagnostics(), diagnosticFromWire),
		Facts: Facts{
			Known: p.GetFacts().GetKnown(), APIAddress: p.GetFacts().GetApiAddress(), NodesLive: int(p.GetFacts().GetNodesLive()),
		},
		Digest: p.GetDigest(),
	}
}

func partToWire(p Part) pb.Part   { return pb.Part(p) }
func partFromWire(p pb.Part) Part { return Part(p) }

func stackToWire(s Stack) *pb.Stack {
	return &pb.Stack{
		Id: s.ID, Name: s.Name, Status: s.Status, StatusReason: s.StatusReason,
		CreationTime: wireTime(s.Created), UpdatedTime: wireTime(s.Updated), Tags: s.Tags,
	}
}

func stackFromWire(s *pb.Stack) Stack {
	return Stack{
		ID: s.GetId(), Name: s.GetName(), Status: s.GetStatus(), StatusReason: s.GetStatusReason(),
		Created: timeFrom(s.GetCreationTime()), Updated: timeFrom(s.GetUpdatedTime()), Tags: s.GetTags(),
	}
}

func partsToWire(p Parts) *pb.Parts {
	out := &pb.Parts{
		Read: each(p.Read, partToWire), Description: p.Description, Parameters: p.Parameters, TemplateJson: p.Template,
		Resources: each(p.Resources, func(r Resource) *pb.Resource {
			return &pb.Resource{Name: r.Name, Type: r.Type, PhysicalId: r.PhysicalID, Status: r.Status, StatusReason: r.StatusReason}
		}),
		Nodes: each(p.Nodes, nodeToWire),
	}
	for name, value := range p.Outputs {
		if out.OutputsJson == nil {
			out.OutputsJson = make(map[string]string, len(p.Outputs))
		}
		out.OutputsJson[name] = string(value)
	}
	return out
}

func partsFromWire(p *pb.Parts) Parts {
	out := Parts{
		Read: each(p.GetRead(), partFromWire), Description: p.GetDescription(), Parameters: filled(p.GetParameters()),
		Resources: each(p.GetResources(), func(r *pb.Resource) Resource {
			return Resource{Name: r.GetName(), Type: r.GetType(), PhysicalID: r.GetPhysicalId(), Status: r.GetStatus(), StatusReason: r.GetStatusReason()}
		}),
		Nodes: each(p.GetNodes(), nodeFromWire),
	}
	if len(p.GetTemplateJson()) > 0 {
		out.Template = p.GetTemplateJson()
	}
	for name, value := range p.GetOutputsJson() {
		if out.Outputs == nil {
			out.Outputs = make(map[string]json.RawMessage, len(p.GetOutputsJson()))
		}
		out.Outputs[name] = json.RawMessage(value)
	}
	return out
}
