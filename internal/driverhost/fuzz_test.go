package driverhost

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/heatsync/heatsync/plugins/driver"
	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// said is a connection to a driver that answers everything with the same bytes.
type said []byte

var _ grpc.ClientConnInterface = said(nil)

func (s said) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	return proto.Unmarshal(s, reply.(proto.Message))
}

func (s said) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return &saidStream{said: s}, nil
}

// saidStream gives its one message, then ends.
type saidStream struct {
	said
	over bool
}

func (*saidStream) Header() (metadata.MD, error) { return nil, nil }
func (*saidStream) Trailer() metadata.MD         { return nil }
func (*saidStream) CloseSend() error             { return nil }
func (*saidStream) Context() context.Context     { return context.Background() }
func (*saidStream) SendMsg(any) error            { return nil }

func (s *saidStream) RecvMsg(m any) error {
	if s.over {
		return io.EOF
	}
	s.over = true
	return proto.Unmarshal(s.said, m.(proto.Message))
}

// FuzzAnswers holds what a driver may answer to what the agent acts on: an answer
// that passes has nothing unknown in it, and none is a success by accident.
func FuzzAnswers(f *testing.F) {
	seed := func(which int, m proto.Message) {
		data, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(which), data)
	}
	seed(0, &pb.DescribeResponse{Name: "toy", Version: "1.0.0", Attributes: []*pb.Attribute{{Name: "flavor", Effect: 9}}, Labels: []*pb.Label{{Name: "l", Pattern: "(\n"}}})
	seed(1, &pb.RenderResponse{Digest: goodDigest, Resources: -3})
	seed(1, &pb.RenderResponse{Diagnostics: []*pb.Diagnostic{{Severity: 1, Code: "c", Summary: "s"}}})
	seed(2, &pb.PlanResponse{Steps: []*pb.Step{{Id: "a", Kind: 1, Disruption: 1}}, Changes: []*pb.Change{{Effect: 2}}, Digest: "x\ny"})
	seed(2, &pb.PlanResponse{Need: []pb.Part{1, 6}})
	seed(3, &pb.ApplyResponse{Message: &pb.ApplyResponse_Result{Result: &pb.Result{Verdict: 1, StackId: "id-1"}}})
	seed(3, &pb.ApplyResponse{Message: &pb.ApplyResponse_Result{Result: &pb.Result{Verdict: 1, StackId: "other"}}})
	seed(3, &pb.ApplyResponse{Message: &pb.ApplyResponse_Result{Result: &pb.Result{Verdict: 2, Fault: &pb.Fault{Code: "quota", Who: "operator", RetryAfterSeconds: -1}}}})
	seed(3, &pb.ApplyResponse{Message: &pb.ApplyResponse_Result{}})
	seed(3, &pb.ApplyResponse{Message: &pb.ApplyResponse_Progress{Progress: &pb.Progress{Text: "x"}}})
	seed(4, &pb.CheckHealthResponse{Health: 1, Nodes: []*pb.Node{{Pods: -1}}})
	seed(5, &pb.PreviewResponse{Changes: []*pb.ResourceChange{{Effect: 99}}})
	for which := range 6 {
		f.Add(uint8(which), []byte{})
		f.Add(uint8(which), []byte{8, 1})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		c := driver.NewClient(said(data))
		ctx := context.Background()
		switch which % 6 {
		case 0:
			d, err := c.Describe(ctx)
			passes(t, err, checkDescription(d), func() bool {
				for _, a := range d.Attributes {
					if !knownEffect(a.Effect) {
						return false
					}
				}
				return d.Version != ""
			})
		case 1:
			r, err := c.Render(ctx, driver.RenderInput{})
			passes(t, err, checkRendered(r), func() bool {
				return driver.IsDigest(r.Digest) != driver.HasErrors(r.Diagnostics) && r.Resources >= 0
			})
		case 2:
			p, err := c.Plan(ctx, driver.PlanInput{})
			passes(t, err, checkPlan(p), func() bool { return soundPlan(p) })
		case 3:
			in := driver.ApplyInput{StackID: "id-1"}
			r, err := c.Apply(ctx, in, nil)
			var wire pb.ApplyResponse
			accepted := proto.Unmarshal(data, &wire) == nil && wire.GetResult().GetVerdict() == pb.Verdict_VERDICT_ACCEPTED
			passes(t, err, checkResult(in, r), func() bool {
				return r.Verdict >= driver.Accepted && r.Verdict <= driver.Ambiguous && (r.Verdict == driver.Accepted) == accepted &&
					(r.StackID == "" || r.StackID == in.StackID) && r.Fault.RetryAfter >= 0
			})
		case 4:
			r, err := c.CheckHealth(ctx, driver.HealthInput{})
			passes(t, err, checkHealth(r), func() bool { return r.Health >= driver.Healthy && r.Health <= driver.Unknown })
		case 5:
			r, err := c.Preview(ctx, driver.PreviewInput{})
			passes(t, err, checkPreview(r), func() bool {
				for _, x := range r.Changes {
					if x.Effect <= driver.EffectUnspecified || x.Effect > driver.EffectRefused {
						return false
					}
				}
				return true
			})
		}
	})
}

// passes wants an answer that nobody complains of to be sound, and a complaint of
// one line.
func passes(t *testing.T, err, complaint error, sound func() bool) {
	t.Helper()
	switch {
	case err != nil: // the wire's own
	case complaint == nil && !sound():
		t.Error("an answer that breaks the contract passes")
	case complaint != nil && strings.ContainsAny(complaint.Error(), "\n\r\v\f"):
		t.Errorf("more than a line: %q", complaint)
	}
}

func soundPlan(p driver.Plan) bool {
	for _, part := range p.Need {
		if part < driver.PartShow || part > driver.PartNodes {
			return false
		}
	}
	for _, s := range p.Steps {
		if s.ID == "" || s.Kind < driver.StepCreate || s.Kind > driver.StepDrain || s.Disruption < driver.EffectNone || s.Disruption > driver.EffectRefused {
			return false
		}
	}
	for _, c := range p.Changes {
		if c.Effect < driver.EffectNone || c.Effect > driver.EffectRefused {
			return false
		}
	}
	return (p.Digest == "" || driver.IsDigest(p.Digest)) && (len(p.Need) == 0 || len(p.Steps) == 0)
}

// FuzzLock holds the reader of locks to its promises: it returns, and what it lets
// run is a plain file with a checksum.
func FuzzLock(f *testing.F) {
	sum := strings.Repeat("0a", 32)
	for _, text := range []string{
		"version: 1\ndrivers:\n- {name: docker, file: heatsync-driver-docker, sha256: " + sum + "}\n", "version: 1\ndrivers: []\n", "", "# x\n", "version: 2\n",
		"version: 1\ndrivers:\n- {name: a, file: ../b, sha256: " + sum + "}\n", "version: 1\ndrivers:\n- {name: a, file: .., sha256: " + sum + "}\n",
		"version: 1\ndrivers:\n- {name: a, file: ., sha256: " + sum + "}\n", "version: 1\ndrivers:\n- {name: a, file: \"b\\0\", sha256: " + sum + "}\n",
		"version: 1\n---\nversion: 1\n", "version: 1\ndrivers: &a [*a]\n", "version: 1\nversion: 1\n", "version: 1\nmore: x\n", "version: 1\ndrivers: [null]\n", "null", "[]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "drivers.lock")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := ReadLock(path)
		if err != nil {
			return
		}
		for _, p := range l.Drivers {
			if p.Name == "" || strings.ContainsAny(p.Name, "/\\\n\x00 ") || p.File == "." || p.File == ".." || strings.ContainsAny(p.File, "/\x00\n") || len(p.SHA256) != 64 {
				t.Errorf("a pin of %+v", p)
			}
		}
		if again, err := ReadLock(path); err != nil || len(again.Drivers) != len(l.Drivers) || l.Version != 1 {
			t.Errorf("the second time it is %+v (%v)", again, err)
		}
	})
}
