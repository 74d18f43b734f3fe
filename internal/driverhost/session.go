package driverhost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/heatsync/heatsync/plugins/driver"
)

// session is one life of a driver's process.
type session struct {
	name    string
	sha256  string
	timing  Timing
	log     *slog.Logger
	journal *journal
	runner  *programRunner
	plugin  *plugin.Client
	dir     string // of the socket

	client      *driver.Client
	health      grpc_health_v1.HealthClient
	description driver.Description

	mu        sync.Mutex
	calls     map[int]string // running: method and cluster
	lastCall  int
	abandoned int           // calls that we gave up on and that it may still be at
	hung      bool          // we killed it for that
	quiet     chan struct{} // closed when no call runs and none may begin any more; nil: they may
}

// startSession starts a driver and has it describe itself. It returns within the
// timing's Start, and with an error nothing of the process is left.
func startSession(ctx context.Context, name string, e *executable, o Options) (*session, error) {
	s := &session{name: name, sha256: e.sha256, timing: o.Timing, log: o.Logger.With("driver", name), calls: map[int]string{}}
	s.journal = newJournal(s.log)
	dir, err := os.MkdirTemp(o.SocketDir, socketPrefix)
	if err != nil {
		return nil, &Error{Driver: name, Reason: Failed, Detail: "no folder for its socket", Err: err}
	}
	s.dir = dir
	ctx, cancel := context.WithTimeout(ctx, o.Timing.Start)
	defer cancel()
	if err := s.connect(ctx, e); err != nil {
		s.end(0)
		return nil, err
	}
	if err := s.introduce(ctx); err != nil {
		s.end(0)
		return nil, err
	}
	return s, nil
}

// connect makes a go-plugin client of its own for each start, and keeps every
// wait on our own timer: go-plugin's end only with the process.
func (s *session) connect(ctx context.Context, e *executable) error {
	s.runner = newProgramRunner(e, s.journal)
	s.plugin = plugin.NewClient(s.pluginConfig())
	type connected struct {
		protocol plugin.ClientProtocol
		err      error
	}
	done := make(chan connected, 1)
	go func() {
		protocol, err := s.plugin.Client()
		done <- connected{protocol, err}
	}()
	var c connected
	select {
	case c = <-done:
	case <-ctx.Done():
		s.kill()
		c = <-done // the process's death frees it
		c.err = errors.Join(c.err, ctx.Err())
	}
	if c.err != nil {
		return s.startError(ctx, c.err)
	}
	conn := c.protocol.(*plugin.GRPCClient).Conn
	s.client = driver.NewClient(conn)
	s.health = grpc_health_v1.NewHealthClient(conn)
	return nil
}

func (s *session) pluginConfig() *plugin.ClientConfig {
	printed := &lines{limit: lineBytes, each: s.journal.line}
	return &plugin.ClientConfig{
		HandshakeConfig:  driver.Handshake(),
		VersionedPlugins: driver.ClientPlugins(),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: s.dir},
		StartTimeout:     s.timing.Start,
		SyncStdout:       printed,
		SyncStderr:       printed,
		Logger:           hclog.NewNullLogger(),
		GRPCDialOptions:  append(driver.DialOptions(), grpc.WithContextDialer(s.runner.dial)),
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			s.runner.env = append(environment(), cmd.Env...)
			return s.runner, nil
		},
	}
}

// introduce asks what the driver is and distrusts the answer.
func (s *session) introduce(ctx context.Context) error {
	d, err := s.client.Describe(ctx)
	if err != nil {
		return s.startError(ctx, err)
	}
	if d.Name != s.name {
		return &Error{
			Driver: s.name, Reason: NameMismatch, Detail: fmt.Sprintf("it calls itself %q", d.Name),
			Remedy: "name the file " + driver.FilePrefix + d.Name,
		}
	}
	if err := checkDescription(d); err != nil {
		return s.badReply("Describe", err)
	}
	s.description = d
	return nil
}

// startError says what a start failed of, from what was seen of the process.
func (s *session) startError(ctx context.Context, err error) *Error {
	p := s.runner.running()
	if p == nil && !notProgram(err) {
		return &Error{Driver: s.name, Reason: Failed, Detail: "no process for it", Err: oneLine(err)}
	}
	if p == nil {
		return &Error{Driver: s.name, Reason: NotProgram, Detail: "its file does not run", Err: err, Remedy: "install the driver built for this system"}
	}
	said := s.runner.greeting.heard()
	if said != nil {
		if detail, remedy := said.complaint(); detail != "" {
			return &Error{Driver: s.name, Reason: Protocol, Detail: detail, Remedy: remedy}
		}
	}
	if ctx.Err() != nil {
		detail := fmt.Sprintf("not ready %s after its start", s.timing.Start)
		if errors.Is(ctx.Err(), context.Canceled) {
			return &Error{Driver: s.name, Reason: Stopped, Detail: "stopped while it started"}
		}
		return &Error{Driver: s.name, Reason: Handshake, Detail: detail + s.lastWords()}
	}
	if p.wait(outputGrace) {
		return &Error{Driver: s.name, Reason: Handshake, Detail: "it ended at its start, " + p.ending + s.lastWords()}
	}
	return &Error{Driver: s.name, Reason: Handshake, Detail: "it cannot be spoken to" + s.lastWords(), Err: oneLine(err)}
}

// notProgram tells a file that does not run from a system that has no process to
// give, which passes.
func notProgram(err error) bool {
	return errors.Is(err, syscall.ENOEXEC) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)
}

func (s *session) badReply(method string, err error) *Error {
	return &Error{Driver: s.name, Reason: BadReply, Detail: "its answer to " + method + " breaks the contract", Err: err, Remedy: "report it to the driver's author"}
}

// lastWords quotes the panic or the last line of stderr.
func (s *session) lastWords() string {
	last, panics := s.journal.tail()
	switch {
	case len(panics) > 0:
		return fmt.Sprintf("; it said %q", panics[0])
	case len(last) > 0:
		return fmt.Sprintf("; it said %q", last[len(last)-1])
	}
	return ""
}

// ping tells whether the driver answers.
func (s *session) ping(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.timing.Pong)
	defer cancel()
	answer, err := s.health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName})
	return err == nil && answer.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING
}

// begin notes a call that runs, unless the process is to stop; the function given
// back notes its end.
func (s *session) begin(call string) (end func(abandoned bool), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quiet != nil {
		return nil, false
	}
	s.lastCall++
	id := s.lastCall
	s.calls[id] = call
	return func(abandoned bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.calls, id)
		if abandoned {
			s.abandoned++
		}
		if s.quiet != nil && len(s.calls) == 0 {
			close(s.quiet)
		}
	}, true
}

// close lets no call begin any more; the channel is closed once none runs.
func (s *session) close() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = make(chan struct{})
	if len(s.calls) == 0 {
		close(s.quiet)
	}
	return s.quiet
}

// stuck tells whether the driver may still be at so many calls that we gave up on
// that it is worth a restart.
func (s *session) stuck(limit int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.abandoned >= limit
}

func (s *session) killHung() {
	s.mu.Lock()
	s.hung = true
	s.mu.Unlock()
	s.kill()
}

// kill ends the process group at once. It does nothing before the start.
func (s *session) kill() {
	if p := s.runner.running(); p != nil {
		p.signal(syscall.SIGKILL)
	}
}

// stop lets running calls end, then asks the process to, then makes it: each on
// our own timer, since go-plugin's Kill waits for a stopped process for ever.
// ctx's end skips to the last. A driver that has drained is done with what reached
// it; the answers may be on their way yet, and a call that it will turn away.
func (s *session) stop(ctx context.Context) {
	p := s.runner.process
	drain, cancel := context.WithTimeout(ctx, s.timing.Drain+s.timing.Pong)
	defer cancel()
	quiet := s.close()
	switch unfinished, err := s.client.Drain(drain, s.timing.Drain); {
	case err == nil && unfinished > 0:
		s.log.Warn("calls still ran when the driver had to stop", "unfinished", unfinished)
	case err == nil:
		select {
		case <-quiet:
		case <-drain.Done():
		}
	}
	for _, ask := range []func(){p.hangUp, func() { p.signal(syscall.SIGTERM) }} {
		ask()
		if ctx.Err() == nil && p.wait(s.timing.Linger) {
			break
		}
	}
	s.end(s.timing.Linger)
}

// end makes sure that the process is gone and frees what go-plugin holds of it.
func (s *session) end(linger time.Duration) {
	if p := s.runner.running(); p != nil && !p.gone() {
		p.hangUp()
		p.signal(syscall.SIGKILL)
		if !p.wait(max(linger, time.Second)) {
			s.log.Error("the driver does not die", "pid", p.pid)
		}
	}
	go func() {
		s.plugin.Kill()
		_ = os.RemoveAll(s.dir)
	}()
}

// crash reports the end of a process that nobody asked for.
func (s *session) crash(since time.Time) Crash {
	p := s.runner.process
	c := Crash{Driver: s.name, Version: s.description.Version, SHA256: s.sha256, PID: p.pid, Started: since, Ended: time.Now(), Ending: p.ending}
	c.Stderr, c.Panic = s.journal.tail()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range s.calls {
		c.Calls = append(c.Calls, call)
	}
	slices.Sort(c.Calls)
	c.Hung = s.hung
	return c
}
