package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// agent is the agent as a process, with the drivers it starts.
type agent struct {
	dir     string // config, state, drivers, log
	address string
	environ []string

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{} // closed when process has ended
}

// newAgent lays out an agent's folder with the docker driver pinned; it runs when
// it is started, and ends with the test.
func newAgent(t *testing.T) *agent {
	t.Helper()
	a := &agent{dir: t.TempDir(), address: freeAddress(t)}
	a.environ = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + a.dir, "TMPDIR=" + os.TempDir()}
	a.install(t)
	t.Cleanup(func() {
		a.kill(t)
		if t.Failed() {
			t.Logf("the end of the agent's log:\n%s", tail(a.file("log"), 12<<10))
		}
	})
	return a
}

// freeAddress finds a port that stays free until the agent listens on it: not one
// that the system hands out to whoever connects meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 30_000+rand.IntN(2_700))
		if listener, err := net.Listen("tcp", address); err == nil {
			_ = listener.Close()
			return address
		}
	}
	t.Fatal("no free port from 30000 to 32700")
	return ""
}

// died tells whether the agent has ended though nobody ended it.
func (a *agent) died() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return false
	}
	select {
	case <-a.ended:
		return true
	default:
		return false
	}
}

func (a *agent) file(name string) string { return filepath.Join(a.dir, name) }

// install puts the docker driver into the drivers folder and pins it.
func (a *agent) install(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(a.file("drivers"), 0o755); err != nil {
		t.Fatal(err)
	}
	target := a.file("drivers/heatsync-driver-docker")
	_ = os.Remove(target)
	if err := os.Link(driverFile, target); err != nil {
		t.Fatal(err)
	}
	a.pin(t)
}

// pin writes the lock for what is in the drivers folder.
func (a *agent) pin(t *testing.T) {
	t.Helper()
	if out, code := a.command(t, "driver", "lock", a.file("drivers")); code != 0 {
		t.Fatalf("heatsync driver lock: %s", out)
	}
}

func (a *agent) start(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	log, err := os.OpenFile(a.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(heatsyncFile, "run", "--config", a.file("heatsync.yaml"))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = a.dir, a.environ, log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	a.process, a.ended = cmd, ended
}

// stop ends the agent as systemd would, and wants it to end well.
func (a *agent) stop(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.ended:
	case <-time.After(40 * time.Second):
		t.Fatal("the agent does not end 40 s after SIGTERM")
	}
	if code := a.process.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the agent ended with exit code %d", code)
	}
	a.process = nil
}

// kill ends the agent with SIGKILL; its drivers must end by themselves.
func (a *agent) kill(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return
	}
	drivers := children(a.process.Process.Pid)
	_ = a.process.Process.Kill()
	<-a.ended
	a.process = nil
	for deadline := time.Now().Add(10 * time.Second); len(alive(drivers)) > 0; {
		if time.Now().After(deadline) {
			t.Errorf("drivers %v outlive the agent", alive(drivers))
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// killDrivers ends the drivers with SIGKILL and says how many there were.
func (a *agent) killDrivers() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return 0
	}
	drivers := children(a.process.Process.Pid)
	for _, pid := range drivers {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return len(drivers)
}

// children gives the processes that pid has started.
func children(pid int) []int {
	var out []int
	dirs, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range dirs {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if state, parent := procStat(child); parent == pid && state != "Z" {
			out = append(out, child)
		}
	}
	return out
}

// procStat reads a process's state and parent.
func procStat(pid int) (state string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}

func alive(pids []int) []int {
	var out []int
	for _, pid := range pids {
		if state, _ := procStat(pid); state != "" && state != "Z" {
			out = append(out, pid)
		}
	}
	return out
}

// command runs heatsync as an operator would and gives what it prints.
func (a *agent) command(t *testing.T, args ...string) (output string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, heatsyncFile, args...)
	cmd.Dir, cmd.Env = a.dir, append([]string{"HEATSYNC_CONFIG=" + a.file("heatsync.yaml")}, a.environ...)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("heatsync %s: %v", strings.Join(args, " "), err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// get reads one page of the agent's API.
func (a *agent) get(ctx context.Context, path string, to any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.address+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(to)
}

// tail gives the end of a file.
func tail(file string, size int) string {
	text, _ := os.ReadFile(file)
	return string(text[max(0, len(text)-size):])
}
