package driver

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// toy is a driver whose calls are what the test says.
type toy struct {
	apply  func(context.Context, ApplyInput, func(string)) Result
	render func(RenderInput) Rendered
}

func (toy) Describe() Description { return Description{Name: "toy", Version: "1.0.0"} }
func (d toy) Render(in RenderInput) Rendered {
	if d.render == nil {
		return Rendered{Digest: "1-00000000000000000000000000000000"}
	}
	return d.render(in)
}
func (toy) Plan(PlanInput) Plan { panic("no plan today") }
func (d toy) Apply(ctx context.Context, in ApplyInput, progress func(string)) Result {
	return d.apply(ctx, in, progress)
}

// healthyToy also checks health and validates.
type healthyToy struct{ toy }

func (healthyToy) CheckHealth(context.Context, HealthInput) HealthReport {
	return HealthReport{Health: Healthy}
}

func (healthyToy) Validate(Cluster) []Diagnostic {
	return []Diagnostic{{Severity: SeverityWarning, Code: "own"}}
}

// connect serves d over a connection in memory. The log collects what it logs.
func connect(t *testing.T, d Driver) (*Client, *service, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s := newService(d, slog.New(slog.NewTextHandler(&log, nil)))
	server := grpc.NewServer(s.serverOptions()...)
	if err := (grpcPlugin{service: s}).GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///toy",
		append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return NewClient(conn), s, &log
}

func TestFeaturesAreWhatTheDriverImplements(t *testing.T) {
	plain, _, _ := connect(t, toy{})
	d, err := plain.Describe(t.Context())
	if err != nil || len(d.Features) != 0 {
		t.Errorf("got %v (%v), want no features", d.Features, err)
	}
	if _, err := plain.CheckHealth(t.Context(), HealthInput{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("CheckHealth of a driver without: %v", err)
	}
	healthy, _, _ := connect(t, healthyToy{})
	d, err = healthy.Describe(t.Context())
	if diff := cmp.Diff([]Feature{FeatureHealth}, d.Features); diff != "" || err != nil {
		t.Errorf("features: %v\n%s", err, diff)
	}
	if report, err := healthy.CheckHealth(t.Context(), HealthInput{}); err != nil || report.Health != Healthy {
		t.Errorf("got %v (%v)", report, err)
	}
}

func TestValidateChecksTheSchemaThenAsksTheDriver(t *testing.T) {
	client, _, _ := connect(t, healthyToy{})
	found, err := client.Validate(t.Context(), Cluster{Image: "x", FloatingIPEnabled: true})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	if diff := cmp.Diff([]string{"attribute-unknown", "own"}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestAPanicEndsItsCallAlone(t *testing.T) {
	const canary = "t0ken-canary"
	client, _, log := connect(t, toy{apply: func(_ context.Context, in ApplyInput, _ func(string)) Result {
		panic("no stack for " + in.Credential.Token)
	}})
	if _, err := client.Plan(t.Context(), PlanInput{}); status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "no plan today") {
		t.Errorf("Plan: %v", err)
	}
	got, err := client.Apply(t.Context(), ApplyInput{Credential: Credential{Token: canary}, StackID: "s1"}, nil)
	if err != nil || got.Verdict != Ambiguous || got.Fault.Code != "driver" || got.StackID != "s1" {
		t.Errorf("Apply: %+v (%v)", got, err)
	}
	if text := got.Fault.Summary + log.String(); strings.Contains(text, canary) || !strings.Contains(text, "no stack for [redacted]") {
		t.Errorf("what was said of the panic: %s", text)
	}
	if _, err := client.Render(t.Context(), RenderInput{}); err != nil {
		t.Errorf("Render after the panics: %v", err)
	}
}

func TestApplyStreamsProgressThenTheResult(t *testing.T) {
	client, _, _ := connect(t, toy{apply: func(_ context.Context, in ApplyInput, progress func(string)) Result {
		progress("sending " + string(in.Secrets[0].Value))
		progress("sent")
		return Result{Verdict: Accepted, StackID: "s1"}
	}})
	var lines []string
	got, err := client.Apply(t.Context(), ApplyInput{Secrets: []Secret{{Value: []byte("c4nary")}}}, func(s string) { lines = append(lines, s) })
	if err != nil || got != (Result{Verdict: Accepted, StackID: "s1"}) {
		t.Errorf("got %+v (%v)", got, err)
	}
	if diff := cmp.Diff([]string{"sending [redacted]", "sent"}, lines); diff != "" {
		t.Error(diff)
	}
}

func TestMessagesBeyondTheLimit(t *testing.T) {
	huge := strings.Repeat("x", MaxMessageBytes+1)
	client, _, _ := connect(t, toy{render: func(RenderInput) Rendered { return Rendered{Digest: huge} }})
	if _, err := client.Render(t.Context(), RenderInput{}); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("a huge answer: %v", err)
	}
	if _, err := client.Apply(t.Context(), ApplyInput{Digest: huge}, nil); !errors.Is(err, ErrNotSent) {
		t.Errorf("a huge call: %v", err)
	}
}

func TestDrainWaitsForWhatRunsAndLetsNothingIn(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	client, _, _ := connect(t, toy{apply: func(ctx context.Context, _ ApplyInput, _ func(string)) Result {
		close(entered)
		select {
		case <-release:
			return Result{Verdict: Accepted}
		case <-ctx.Done():
			return Result{Verdict: Ambiguous}
		}
	}})
	result := make(chan Result, 1)
	go func() {
		r, _ := client.Apply(context.Background(), ApplyInput{}, nil)
		result <- r
	}()
	<-entered
	if n, err := client.Drain(t.Context(), 0); err != nil || n != 1 {
		t.Errorf("Drain with a call running: %d unfinished (%v)", n, err)
	}
	if _, err := client.Render(t.Context(), RenderInput{}); status.Code(err) != codes.Aborted {
		t.Errorf("Render while draining: %v", err)
	}
	close(release)
	if n, err := client.Drain(t.Context(), time.Minute); err != nil || n != 0 {
		t.Errorf("Drain: %d unfinished (%v)", n, err)
	}
	if r := <-result; r.Verdict != Accepted {
		t.Errorf("the running call ended with %+v", r)
	}
}

func TestTheLifelineCancelsWhatRunsThenExits(t *testing.T) {
	entered := make(chan struct{})
	client, s, _ := connect(t, toy{apply: func(ctx context.Context, _ ApplyInput, _ func(string)) Result {
		close(entered)
		<-ctx.Done()
		return Result{Verdict: Ambiguous, StackID: "told"}
	}})
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	exited := make(chan int, 1)
	go s.calls.watchLifeline(read, func(code int) { exited <- code })
	result := make(chan Result, 1)
	go func() {
		r, _ := client.Apply(context.Background(), ApplyInput{}, nil)
		result <- r
	}()
	<-entered
	_ = write.Close()
	select {
	case code := <-exited:
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still there long after stdin's end")
	}
	if r := <-result; r.StackID != "told" {
		t.Errorf("the running call ended with %+v", r)
	}
}

func TestRemote(t *testing.T) {
	client, _, _ := connect(t, toy{})
	remote, err := NewRemote(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if got := remote.Describe().Name; got != "toy" {
		t.Errorf("name %q", got)
	}
	if got := remote.Render(RenderInput{}); !IsDigest(got.Digest) || HasErrors(got.Diagnostics) {
		t.Errorf("render: %+v", got)
	}
	if got := remote.Plan(PlanInput{}); !HasErrors(got.Diagnostics) {
		t.Errorf("a plan that panicked: %+v", got)
	}
}

func TestByHand(t *testing.T) {
	if got := byHand(Description{Name: "toy", Version: "1.0.0"}); !strings.HasPrefix(got, "heatsync-driver-toy 1.0.0 is a driver of heatsync") {
		t.Error(got)
	}
}
