package driver

import (
	"context"
	"os"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// calls knows what runs. Draining lets nothing new in; stopping also cancels
// what runs.
type calls struct {
	stopped context.Context
	stop    context.CancelFunc

	mu       sync.Mutex
	running  int
	draining bool
	idle     chan struct{} // closed when draining and nothing runs
	server   *grpc.Server  // what answers; nil before it is made

	settle sync.Once
	output *os.File // where prints belong once go-plugin has taken os.Stdout; nil: leave it
}

func newCalls() *calls {
	stopped, stop := context.WithCancel(context.Background())
	return &calls{stopped: stopped, stop: stop, idle: make(chan struct{})}
}

// enter counts a call in, or refuses it with ABORTED, which says that it surely was
// not begun. The context ends with the driver.
func (c *calls) enter(ctx context.Context, method string) (context.Context, func(), error) {
	c.settle.Do(c.redirect)
	ctx, cancel := context.WithCancel(ctx)
	detach := context.AfterFunc(c.stopped, cancel)
	// Health, stdio and Drain itself belong to the plumbing.
	if !strings.HasPrefix(method, "/"+pb.DriverService_ServiceDesc.ServiceName+"/") || method == pb.DriverService_Drain_FullMethodName {
		return ctx, func() { detach(); cancel() }, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.draining {
		detach()
		cancel()
		return nil, nil, status.Error(codes.Aborted, "the driver is draining")
	}
	c.running++
	return ctx, func() { detach(); cancel(); c.leave() }, nil
}

func (c *calls) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
	if c.draining && c.running == 0 {
		close(c.idle)
	}
}

// drain returns how many calls still run when ctx ends; nothing new gets in.
func (c *calls) drain(ctx context.Context) int {
	c.mu.Lock()
	if !c.draining {
		c.draining = true
		if c.running == 0 {
			close(c.idle)
		}
	}
	c.mu.Unlock()

	select {
	case <-c.idle:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// answer gives what was answered the time to reach the host: a call that has returned
// is not written yet, and dies with the process. It stops what runs. While the host
// lives it returns when ctx ends: go-plugin's broker stream waits for the host alone.
func (c *calls) answer(ctx context.Context) {
	c.stop()
	c.mu.Lock()
	server := c.server
	c.mu.Unlock()
	if server == nil {
		return
	}
	written := make(chan struct{})
	go func() { server.GracefulStop(); close(written) }()
	select {
	case <-written:
	case <-ctx.Done():
	}
}

// serves notes who answers.
func (c *calls) serves(s *grpc.Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = s
}

// redirect sends prints to where the log goes. go-plugin puts pipes of its own in
// place of os.Stdout and os.Stderr, and a print would block once nobody reads
// them; it has done so before the first call comes in.
func (c *calls) redirect() {
	if c.output != nil {
		os.Stdout, os.Stderr = c.output, c.output
	}
}

func (c *calls) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	ctx, leave, err := c.enter(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	defer leave()
	return handle(ctx, req)
}

func (c *calls) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	ctx, leave, err := c.enter(ss.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	defer leave()
	return handle(srv, streamIn{ss, ctx})
}

// streamIn is a stream with a context that ends with the driver.
type streamIn struct {
	grpc.ServerStream
	ctx context.Context
}

func (s streamIn) Context() context.Context { return s.ctx }
