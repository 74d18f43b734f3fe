package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/test/port"
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
	a := &agent{dir: t.TempDir(), address: port.For(t)}
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
