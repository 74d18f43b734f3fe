package driverhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/go-plugin/runner"
)

// programRunner starts a driver's program for go-plugin. Only a runner lets us
// choose stdin, filter stdout, say where the socket is, and exec by descriptor.
type programRunner struct {
	executable *executable
	env        []string
	journal    *journal
	greeting   *greeting
	stdout     io.ReadCloser
	started    chan struct{} // closed once the program runs
	process    *process      // read only after started
}

var _ runner.Runner = (*programRunner)(nil)

func newProgramRunner(e *executable, j *journal) *programRunner {
	r := &programRunner{executable: e, journal: j, started: make(chan struct{})}
	r.greeting, r.stdout = newGreeting(j.line)
	return r
}

// Start runs the program.
func (r *programRunner) Start(context.Context) error {
	p, err := startProcess(r.executable, r.env, r.greeting, &lines{limit: lineBytes, each: r.journal.line})
	if err != nil {
		return err
	}
	r.process = p
	close(r.started)
	go func() {
		<-p.exited
		_ = r.greeting.to.Close()
	}()
	return nil
}

// Wait returns when the program has ended and was reaped.
func (r *programRunner) Wait(context.Context) error {
	<-r.process.exited
	return nil
}

// Kill ends the whole process group at once.
func (r *programRunner) Kill(context.Context) error {
	r.process.signal(syscall.SIGKILL)
	return nil
}

// ID is the process's number; "" before it was started.
func (r *programRunner) ID() string {
	if p := r.running(); p != nil {
		return strconv.Itoa(p.pid)
	}
	return ""
}

// running is nil before the program was started.
func (r *programRunner) running() *process {
	select {
	case <-r.started:
		return r.process
	default:
		return nil
	}
}

// Name is the program's file name.
func (r *programRunner) Name() string { return r.executable.name }

// Stdout holds the handshake alone.
func (r *programRunner) Stdout() io.ReadCloser { return r.stdout }

// Stderr is empty for go-plugin: the journal reads it.
func (r *programRunner) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Diagnose has nothing to add; what the start failed of is told from the journal.
func (r *programRunner) Diagnose(context.Context) string { return "" }

// PluginToHost changes nothing: both see the same files.
func (r *programRunner) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin changes nothing: both see the same files.
func (r *programRunner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// dial connects to the socket that the program named, and makes sure that the
// program itself made it.
func (r *programRunner) dial(ctx context.Context, _ string) (net.Conn, error) {
	said := r.greeting.heard()
	if said == nil {
		return nil, errors.New("no handshake yet")
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", said.address)
	if err != nil {
		return nil, err
	}
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, fmt.Errorf("%q is no unix socket", said.address)
	}
	if pid, err := peerPID(unix); err == nil && pid != r.process.pid {
		_ = conn.Close()
		return nil, fmt.Errorf("socket %q belongs to process %d, the driver is process %d", said.address, pid, r.process.pid)
	}
	return conn, nil
}
