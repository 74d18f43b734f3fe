package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/test/port"
)

// agent is heatsync as a process, with the driver it starts.
type agent struct {
	dir     string // config, state, drivers, log
	address string
	environ []string

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{} // closed when process has ended
}

// newAgent lays out an agent's folder with the driver pinned. It runs when it is
// launched, and ends with the test.
func newAgent(t *testing.T, config func(address string) string, clouds string) *agent {
	t.Helper()
	a := &agent{dir: t.TempDir(), address: port.For(t)}
	a.environ = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + a.dir, "TMPDIR=" + os.TempDir()}
	writeFile(t, a.file("clouds.yaml"), clouds)
	writeFile(t, a.file("heatsync.yaml"), config(a.address))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	file := a.file("drivers/" + driver.FilePrefix + "trial")
	writeFile(t, file, string(program))
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, code := a.command(t, "driver", "lock", a.file("drivers")); code != 0 {
		t.Fatalf("heatsync driver lock: %s", out)
	}
	t.Cleanup(func() {
		a.kill()
		if t.Failed() {
			t.Logf("the end of the agent's log:\n%s", tail(a.file("log"), 16<<10))
		}
	})
	return a
}

func (a *agent) file(name string) string { return filepath.Join(a.dir, name) }

func (a *agent) launch() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	log, err := os.OpenFile(a.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(heatsyncFile, "run", "--config", a.file("heatsync.yaml"))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = a.dir, a.environ, log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	a.process, a.ended = cmd, ended
	return nil
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

// kill ends the agent with SIGKILL and gives an error when its driver outlives it.
func (a *agent) kill() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return nil
	}
	drivers := children(a.process.Process.Pid)
	_ = a.process.Process.Kill()
	<-a.ended
	a.process = nil
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := 0
		for _, pid := range drivers {
			if state, _ := procStat(pid); state != "" && state != "Z" {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of drivers %v outlive the agent by 20 s", left, drivers)
		}
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

// command runs heatsync as an operator would and gives what it prints.
func (a *agent) command(t *testing.T, args ...string) (output string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, heatsyncFile, args...)
	cmd.Dir, cmd.Env = a.dir, append([]string{"HEATSYNC_CONFIG=" + a.file("heatsync.yaml")}, a.environ...)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("heatsync %s: %v", strings.Join(args, " "), err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// status asks the agent for its only fleet.
func (a *agent) status(ctx context.Context) (reconcile.FleetStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.address+"/api/v1/clusters", nil)
	if err != nil {
		return reconcile.FleetStatus{}, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return reconcile.FleetStatus{}, err
	}
	defer answer.Body.Close()
	var all httpapi.Clusters
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		return reconcile.FleetStatus{}, err
	}
	if len(all.Fleets) != 1 {
		return reconcile.FleetStatus{}, fmt.Errorf("the agent has %d fleets (%s)", len(all.Fleets), answer.Status)
	}
	return all.Fleets[0], nil
}

// children gives the processes that pid has started.
func children(pid int) []int {
	var out []int
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if state, parent := procStat(child); parent == pid && state != "Z" {
			out = append(out, child)
		}
	}
	return out
}

// procStat reads a process's state, "" when it is gone, and parent.
func procStat(pid int) (state string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}

// writeFile writes a file that only its owner reads.
func writeFile(t *testing.T, file, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// tail gives the end of a file.
func tail(file string, size int) string {
	text, _ := os.ReadFile(file)
	return string(text[max(0, len(text)-size):])
}
