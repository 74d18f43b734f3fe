package driverhost

import (
	"context"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/heatsync/heatsync/plugins/driver"
)

// A step that a draining driver turned away was not begun, and that stays so where
// no process follows that it could go to.
func TestAStepThatWasTurnedAwayIsRefused(t *testing.T) {
	h := newFolder(t).open(nil)
	w := newWorker(h, target{name: "toy"})
	l := bufconn.Listen(1 << 16)
	server := grpc.NewServer(grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error {
		w.set(state{err: &Error{Driver: "toy", Reason: NotPinned, Detail: "it is not pinned"}})
		return status.Error(codes.Aborted, "the driver is draining")
	}))
	go func() { _ = server.Serve(l) }()
	defer server.Stop()
	conn, err := grpc.NewClient("passthrough:///toy", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w.set(state{session: &session{
		name: "toy", calls: map[int]string{}, client: driver.NewClient(conn),
		runner: &programRunner{process: &process{exited: make(chan struct{})}},
	}})
	got := (&Handle{worker: w, timing: h.options.Timing, observer: h.options.Observer}).Apply(t.Context(), apply("fine"), nil)
	if got.Verdict != driver.Refused {
		t.Errorf("%+v", got)
	}
}
