package driver

import (
	"math"
	"time"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

func credentialToWire(c Credential) *pb.Credential {
	return &pb.Credential{
		Token: c.Token, Expires: wireTime(c.Expires), Endpoints: c.Endpoints,
		CaBundlePem: c.CABundlePEM, InsecureSkipVerify: c.InsecureTLS,
	}
}

func credentialFromWire(c *pb.Credential) Credential {
	return Credential{
		Token: c.GetToken(), Expires: timeFrom(c.GetExpires()), Endpoints: filled(c.GetEndpoints()),
		CABundlePEM: c.GetCaBundlePem(), InsecureTLS: c.GetInsecureSkipVerify(),
	}
}

func applyInputToWire(in ApplyInput) *pb.ApplyRequest {
	p := in.Precondition
	return &pb.ApplyRequest{
		Step: in.Step, Kind: pb.StepKind(in.Kind), Intent: pb.Intent(in.Intent), Cluster: clusterToWire(in.Cluster),
		StackName: in.StackName, StackId: in.StackID, Tags: in.Tags, Digest: in.Digest,
		Precondition: &pb.Precondition{Absent: p.Absent, Id: p.ID, Status: p.Status, Digest: p.Digest, UpdatedTime: wireTime(p.Updated)},
		Credential:   credentialToWire(in.Credential),
		Secrets:      each(in.Secrets, secretToWire),
		Nodes:        each(in.Nodes, nodeToWire),
		Api:          clusterAPIToWire(in.API),
	}
}

func applyInputFromWire(in *pb.ApplyRequest) ApplyInput {
	p := in.GetPrecondition()
	return ApplyInput{
		Step: in.GetStep(), Kind: StepKind(in.GetKind()), Intent: Intent(in.GetIntent()), Cluster: clusterFromWire(in.GetCluster()),
		StackName: in.GetStackName(), StackID: in.GetStackId(), Tags: in.GetTags(), Digest: in.GetDigest(),
		Precondition: Precondition{Absent: p.GetAbsent(), ID: p.GetId(), Status: p.GetStatus(), Digest: p.GetDigest(), Updated: timeFrom(p.GetUpdatedTime())},
		Credential:   credentialFromWire(in.GetCredential()),
		Secrets:      each(in.GetSecrets(), secretFromWire),
		Nodes:        each(in.GetNodes(), nodeFromWire),
		API:          clusterAPIFromWire(in.GetApi()),
	}
}

func resultToWire(r Result) *pb.Result {
	out := &pb.Result{Verdict: pb.Verdict(r.Verdict), StackId: r.StackID, Pending: r.Pending, WaitsFor: validText(r.WaitsFor)}
	if r.Fault != (Fault{}) {
		out.Fault = faultToWire(r.Fault)
	}
	return out
}

func resultFromWire(r *pb.Result) Result {
	return Result{
		Verdict: Verdict(r.GetVerdict()), StackID: r.GetStackId(), Fault: faultFromWire(r.GetFault()),
		Pending: r.GetPending(), WaitsFor: r.GetWaitsFor(),
	}
}

// faultToWire rounds the wait up to whole seconds: never sooner than asked.
func faultToWire(f Fault) *pb.Fault {
	seconds := math.Ceil(f.RetryAfter.Seconds())
	return &pb.Fault{
		Code: f.Code, Who: f.Who, Summary: validText(f.Summary), Remedy: validText(f.Remedy),
		Transient: f.Transient, RetryAfterSeconds: int32(min(max(seconds, 0), math.MaxInt32)),
	}
}

func faultFromWire(f *pb.Fault) Fault {
	return Fault{
		Code: f.GetCode(), Who: f.GetWho(), Summary: f.GetSummary(), Remedy: f.GetRemedy(),
		Transient: f.GetTransient(), RetryAfter: time.Duration(max(f.GetRetryAfterSeconds(), 0)) * time.Second,
	}
}
