package driver

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

const (
	// lifelineGrace is what running calls get to return once they are cancelled.
	lifelineGrace = 500 * time.Millisecond

	// answerGrace is what their answers get to reach the host.
	answerGrace = 250 * time.Millisecond

	// termGrace is what running calls get to end by themselves after SIGTERM.
	termGrace = 20 * time.Second
)

// Serve serves a driver until the agent that started the program ends it. It is
// the whole of a driver's main:
//
//	func main() { driver.Serve(docker.New()) }
//
// The process ends when the agent drains it and closes its stdin, on SIGTERM
// after the running calls have ended, and, whatever the agent died of, within a
// second of stdin's end: running calls see their context cancelled first.
//
// Serve makes slog's default logger write JSON lines to stderr, which the agent
// takes into its own log; prints to os.Stdout go there too. Started by hand, it
// says what the program is and exits with code 2. It does not return.
func Serve(d Driver) {
	handshake := Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		fmt.Fprint(os.Stderr, byHand(d.Describe()))
		os.Exit(2)
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	slog.SetDefault(log)

	s := newService(d, log)
	s.calls.output = os.Stderr
	go s.calls.watchLifeline(os.Stdin, os.Exit)
	go s.calls.watchTerm(os.Exit)

	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]plugin.PluginSet{ProtocolVersion: {PluginName: grpcPlugin{service: s}}},
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			server := grpc.NewServer(append(opts, s.serverOptions()...)...)
			s.calls.serves(server)
			return server
		},
		Logger: hclog.New(&hclog.LoggerOptions{Output: os.Stderr, Level: hclog.Warn, JSONFormat: true}),
	})
	os.Exit(0)
}

func byHand(d Description) string {
	return fmt.Sprintf(`%s%s %s is a driver of heatsync, started by the agent and not by hand.
Put it into the agent's drivers folder and pin it there: heatsync driver lock DIR
`, FilePrefix, d.Name, d.Version)
}

// watchLifeline ends the process when stdin does: the agent holds the other end of
// that pipe, so its death is seen whatever it died of. A stdin that is no pipe
// (a terminal, /dev/null) says nothing about anybody's life.
func (c *calls) watchLifeline(stdin *os.File, exit func(int)) {
	info, err := stdin.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return
	}
	_, _ = io.Copy(io.Discard, stdin)
	c.stop()
	ctx, cancel := context.WithTimeout(context.Background(), lifelineGrace)
	defer cancel()
	c.drain(ctx)
	c.end(exit)
}

// end ends the process once the host has the answers.
func (c *calls) end(exit func(int)) {
	ctx, cancel := context.WithTimeout(context.Background(), answerGrace)
	defer cancel()
	c.answer(ctx)
	exit(0)
}

func (c *calls) watchTerm(exit func(int)) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	<-term
	ctx, cancel := context.WithTimeout(context.Background(), termGrace)
	defer cancel()
	if c.drain(ctx) > 0 {
		c.stop()
		grace, cancel := context.WithTimeout(context.Background(), lifelineGrace)
		defer cancel()
		c.drain(grace)
	}
	c.end(exit)
}
