package drivertest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/heatsync/heatsync/plugins/driver"
)

const (
	startup  = 30 * time.Second // until a program is up, on a busy machine
	patience = 5 * time.Second  // until it is gone, or gives up
)

// program is a driver that is started from a file, spoken to as the agent does
// but without TLS.
type program struct{ path string }

func (program) serves(w way) bool { return w != inProcess }

func (p program) start(ctx context.Context, variables ...string) (*running, error) {
	handshake, output := driver.Handshake(), &safeText{}
	cmd := exec.CommandContext(ctx, p.path)
	cmd.Stderr = output
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	sockets, err := os.MkdirTemp("", "hs-") // short: a socket's path is bounded
	if err != nil {
		return nil, err
	}
	cmd.Env = append([]string{
		handshake.MagicCookieKey + "=" + handshake.MagicCookieValue,
		fmt.Sprintf("PLUGIN_PROTOCOL_VERSIONS=%d", driver.ProtocolVersion),
		plugin.EnvUnixSocketDir + "=" + sockets,
	}, variables...)
	if err := cmd.Start(); err != nil {
		_ = os.RemoveAll(sockets)
		return nil, fmt.Errorf("start the driver: %w", err)
	}
	lines, gone := make(chan string, 1), make(chan struct{})
	go func() {
		scan := bufio.NewScanner(stdout)
		for scan.Scan() {
			if offered(lines, scan.Text()) {
				continue
			}
			fmt.Fprintln(output, scan.Text())
		}
		_ = cmd.Wait()            // how it ended is for the case to judge
		_ = os.RemoveAll(sockets) // one that is killed leaves its socket
		close(gone)
	}()
	r := &running{pid: cmd.Process.Pid, output: output}
	r.kill = func() { _ = cmd.Process.Kill(); <-gone }
	r.hangUp = func() error {
		_ = lifeline.Close()
		select {
		case <-gone:
			return nil
		case <-time.After(patience):
			return fmt.Errorf("the program still runs %s after its lifeline ended", patience)
		}
	}
	conn, err := connect(lines, gone)
	if err != nil {
		r.kill()
		return nil, fmt.Errorf("%w\n%s", err, output.String())
	}
	r.client = driver.NewClient(conn)
	r.stop = func() { _ = conn.Close(); r.kill() }
	return r, nil
}

// offered hands on a line if it is the first.
func offered(lines chan<- string, text string) bool {
	select {
	case lines <- text:
		return true
	default:
		return false
	}
}

// connect reads go-plugin's handshake, core|app|network|address|protocol|…, and
// dials where it says.
func connect(lines <-chan string, gone <-chan struct{}) (*grpc.ClientConn, error) {
	var line string
	select {
	case line = <-lines:
	case <-gone:
		return nil, errors.New("the program ended before its handshake: does main end in driver.Serve, and nothing exit before it? What it said stands below")
	case <-time.After(startup):
		return nil, fmt.Errorf("no handshake within %s", startup)
	}
	parts := strings.Split(line, "|")
	if len(parts) < 5 || parts[2] != "unix" || parts[4] != "grpc" {
		return nil, fmt.Errorf("the first line on stdout is %q and not go-plugin's handshake: print to stderr", line)
	}
	return grpc.NewClient("unix:"+parts[3],
		append(driver.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
}

// safeText collects what is written from several goroutines.
type safeText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*safeText)(nil)

func (s *safeText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *safeText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
