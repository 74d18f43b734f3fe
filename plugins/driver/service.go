package driver

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// service is a driver on the wire. A panic in a call ends that call alone.
type service struct {
	pb.UnimplementedDriverServiceServer
	driver Driver
	calls  *calls
	log    *slog.Logger
}

func newService(d Driver, log *slog.Logger) *service {
	return &service{driver: d, calls: newCalls(), log: log}
}

// NewServer serves a driver in this process, over whatever listener the caller
// gives to the server: for tests that want a real connection. Programs call [Serve].
func NewServer(d Driver, log *slog.Logger) *grpc.Server {
	s := newService(d, log)
	server := grpc.NewServer(s.serverOptions()...)
	pb.RegisterDriverServiceServer(server, s)
	return server
}

func (s *service) serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes),
		grpc.ChainUnaryInterceptor(s.calls.unary), grpc.ChainStreamInterceptor(s.calls.stream),
	}
}

// describe adds the features that the driver's methods prove.
func (s *service) describe() Description {
	d := s.driver.Describe()
	d.Features = nil
	add := func(f Feature, implemented bool) {
		if implemented {
			d.Features = append(d.Features, f)
		}
	}
	_, previews := s.driver.(Previewer)
	_, observes := s.driver.(Observer)
	_, checks := s.driver.(HealthChecker)
	_, gives := s.driver.(AccessGiver)
	add(FeaturePreview, previews)
	add(FeatureObserve, observes)
	add(FeatureHealth, checks)
	add(FeatureAccess, gives)
	return d
}

func (s *service) Describe(context.Context, *pb.DescribeRequest) (_ *pb.DescribeResponse, err error) {
	defer s.recovered("Describe", &err)
	return descriptionToWire(s.describe()), nil
}

func (s *service) Validate(_ context.Context, in *pb.ValidateRequest) (_ *pb.ValidateResponse, err error) {
	defer s.recovered("Validate", &err)
	cluster := clusterFromWire(in.GetCluster())
	found := Check(s.driver.Describe(), cluster)
	if v, ok := s.driver.(Validator); ok {
		found = append(found, v.Validate(cluster)...)
	}
	return &pb.ValidateResponse{Diagnostics: each(found, diagnosticToWire)}, nil
}

func (s *service) Render(_ context.Context, in *pb.RenderRequest) (_ *pb.RenderResponse, err error) {
	defer s.recovered("Render", &err)
	return renderedToWire(s.driver.Render(renderInputFromWire(in))), nil
}

func (s *service) Plan(_ context.Context, in *pb.PlanRequest) (_ *pb.PlanResponse, err error) {
	defer s.recovered("Plan", &err)
	return planToWire(s.driver.Plan(planInputFromWire(in))), nil
}

func (s *service) Preview(ctx context.Context, in *pb.PreviewRequest) (_ *pb.PreviewResponse, err error) {
	previewer, ok := s.driver.(Previewer)
	if !ok {
		return nil, lacks(FeaturePreview)
	}
	input := previewInputFromWire(in)
	secrets := secretsOf(input.Credential, input.Secrets)
	defer s.recovered("Preview", &err, secrets...)
	report, err := previewer.Preview(ctx, input)
	if err != nil {
		return nil, status.Error(codes.Unknown, validText(scrub(err.Error(), secrets...)))
	}
	return previewReportToWire(report), nil
}

// Apply ends every way with a result: after a panic, an ambiguous one.
func (s *service) Apply(in *pb.ApplyRequest, out grpc.ServerStreamingServer[pb.ApplyResponse]) error {
	input := applyInputFromWire(in)
	secrets := append(secretsOf(input.Credential, input.Secrets), string(input.API.ClientKeyPEM))
	progress := func(text string) {
		text = scrub(text, secrets...)
		// A host that has gone is noticed by the lifeline, not here.
		_ = out.Send(&pb.ApplyResponse{Message: &pb.ApplyResponse_Progress{Progress: &pb.Progress{Text: validText(text)}}})
	}
	result := s.apply(out.Context(), input, progress)
	result.Fault.Summary = scrub(result.Fault.Summary, secrets...)
	result.Fault.Remedy = scrub(result.Fault.Remedy, secrets...)
	result.WaitsFor = scrub(result.WaitsFor, secrets...)
	return out.Send(&pb.ApplyResponse{Message: &pb.ApplyResponse_Result{Result: resultToWire(result)}})
}

func (s *service) apply(ctx context.Context, in ApplyInput, progress func(string)) (result Result) {
	var panicked error
	defer func() {
		if panicked != nil {
			result = Result{Verdict: Ambiguous, StackID: in.StackID, Fault: Fault{
				Code: "driver", Who: "operator", Summary: panicked.Error(),
				Remedy: "report it to the driver's author with the driver's log",
			}}
		}
	}()
	defer s.recovered("Apply", &panicked, append(secretsOf(in.Credential, in.Secrets), string(in.API.ClientKeyPEM))...)
	return s.driver.Apply(ctx, in, progress)
}

func (s *service) Observe(in *pb.ObserveRequest, out grpc.ServerStreamingServer[pb.ObserveResponse]) (err error) {
	observer, ok := s.driver.(Observer)
	if !ok {
		return lacks(FeatureObserve)
	}
	credential := credentialFromWire(in.GetCredential())
	secrets := secretsOf(credential, nil)
	defer s.recovered("Observe", &err, secrets...)
	var sent error
	err = observer.Observe(out.Context(), credential, func(stack Stack) {
		if sent == nil {
			sent = out.Send(&pb.ObserveResponse{Stack: stackToWire(stack)})
		}
	})
	if err != nil {
		return status.Error(codes.Unknown, validText(scrub(err.Error(), secrets...)))
	}
	return sent
}

func (s *service) CheckHealth(ctx context.Context, in *pb.CheckHealthRequest) (_ *pb.CheckHealthResponse, err error) {
	checker, ok := s.driver.(HealthChecker)
	if !ok {
		return nil, lacks(FeatureHealth)
	}
	input := healthInputFromWire(in)
	defer s.recovered("CheckHealth", &err, string(input.ClientKeyPEM))
	return healthReportToWire(checker.CheckHealth(ctx, input)), nil
}

func (s *service) GetAccess(_ context.Context, in *pb.GetAccessRequest) (_ *pb.GetAccessResponse, err error) {
	giver, ok := s.driver.(AccessGiver)
	if !ok {
		return nil, lacks(FeatureAccess)
	}
	defer s.recovered("GetAccess", &err)
	access := giver.GetAccess(clusterFromWire(in.GetCluster()), stackFromWire(in.GetStack()), partsFromWire(in.GetParts()))
	return accessToWire(access), nil
}

// Drain lets nothing new in and waits for what runs.
func (s *service) Drain(ctx context.Context, in *pb.DrainRequest) (*pb.DrainResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(in.GetDeadlineSeconds())*time.Second)
	defer cancel()
	return &pb.DrainResponse{Unfinished: wireInt32(s.calls.drain(ctx))}, nil
}

func lacks(f Feature) error {
	return status.Errorf(codes.Unimplemented, "the driver does not have the feature %q", f)
}

// recovered turns a panic into an error of this call and logs where it was. What
// the call was trusted with does not get into either.
func (s *service) recovered(method string, err *error, secrets ...string) {
	cause := recover()
	if cause == nil {
		return
	}
	text := validText(scrub(fmt.Sprint(cause), secrets...))
	s.log.Error("panic in a call", "method", method, "panic", text, "stack", string(debug.Stack()))
	*err = status.Errorf(codes.Internal, "the driver panicked in %s: %s", method, text)
}
