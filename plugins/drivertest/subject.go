package drivertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/heatsync/heatsync/plugins/driver"
)

// subject is a driver that can be started as often as a case wants.
type subject interface {
	serves(way) bool
	// start gives a running driver, whose environment has the variables besides
	// what every driver gets.
	start(ctx context.Context, variables ...string) (*running, error)
}

// running is a driver that was started.
type running struct {
	client *driver.Client
	direct driver.Driver // nil: in a process of its own
	pid    int           // 0: in this process
	output *safeText     // all that it logged
	kill   func()        // ends a process at once; a no-op in this process
	hangUp func() error  // closes the lifeline and waits for the process to end
	stop   func()
}

// served is a driver in this process, behind a connection in memory.
type served struct{ driver driver.Driver }

func (served) serves(w way) bool { return w != process }

func (s served) start(context.Context, ...string) (*running, error) {
	output := &safeText{}
	server := driver.NewServer(s.driver, slog.New(slog.NewTextHandler(output, &slog.HandlerOptions{Level: slog.LevelDebug})))
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	conn, err := grpc.NewClient("passthrough:///driver",
		append(driver.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		server.Stop()
		return nil, fmt.Errorf("connect to the driver: %w", err)
	}
	return &running{
		client: driver.NewClient(conn), direct: s.driver, output: output, kill: func() {},
		hangUp: func() error { return errors.New("the driver has no process of its own") },
		stop:   func() { _ = conn.Close(); server.Stop() },
	}, nil
}
