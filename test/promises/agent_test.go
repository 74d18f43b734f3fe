package promises

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

// agent is heatsync as a process, with the drivers it starts.
type agent struct {
	dir       string // config, state, drivers, log, files of the fleets
	temporary string // its folder for temporary files, which nobody else uses
	address   string
	environ   []string
	process   *exec.Cmd
	ended     chan struct{} // closed when process has ended
	client    *http.Client
}

// newAgent lays out an agent's folder. It runs when it is started, and ends with
// the test.
func newAgent(t *testing.T) *agent {
	t.Helper()
	a := &agent{dir: t.TempDir()}
	a.temporary = shortTempDir(t)
	a.environ = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + a.dir, "TMPDIR=" + a.temporary}
	a.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	t.Cleanup(func() {
		a.kill()
		if t.Failed() {
			text := a.read(t, "log")
			t.Logf("the end of the agent's log:\n%s", text[max(0, len(text)-8<<10):])
		}
	})
	return a
}

// shortTempDir gives a folder whose name leaves room for that of a socket.
func shortTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hs-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (a *agent) file(name string) string { return filepath.Join(a.dir, name) }

// write writes a file below the agent's folder, whole at once.
func (a *agent) write(t *testing.T, name, text string) string {
	t.Helper()
	return a.replace(t, name, text, 0o600)
}

func (a *agent) replace(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	file := a.file(name)
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	temporary := filepath.Join(a.dir, ".new")
	if err == nil {
		err = os.WriteFile(temporary, []byte(text), mode)
	}
	if err == nil {
		err = os.Rename(temporary, file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func (a *agent) read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(a.file(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return text
}

// install puts a program into the drivers folder, and all that are there into the
// lock; a suffix makes it other bytes.
func (a *agent) install(t *testing.T, name, program, suffix string) {
	t.Helper()
	a.place(t, name, program, suffix)
	a.lockDrivers(t)
}

func (a *agent) place(t *testing.T, name, program, suffix string) {
	t.Helper()
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	a.replace(t, "drivers/"+driver.FilePrefix+name, string(text)+suffix, 0o755)
}

func (a *agent) lockDrivers(t *testing.T) {
	t.Helper()
	if out, code := a.command(t, "driver", "lock", a.file("drivers")); code != 0 {
		t.Fatalf("heatsync driver lock: %s", out)
	}
}

var listens = regexp.MustCompile(`msg="heatsync runs".* listen=(\S+)`)

// start runs the agent and waits until it serves.
func (a *agent) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(a.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	a.process = exec.Command(heatsyncFile, "run", "--config", a.file("heatsync.yaml"))
	a.process.Dir, a.process.Env, a.process.Stdout, a.process.Stderr = a.dir, a.environ, log, log
	if err := a.process.Start(); err != nil {
		t.Fatal(err)
	}
	process, ended := a.process, make(chan struct{})
	a.ended = ended
	go func() { _ = process.Wait(); close(ended) }()
	await(t, time.Minute, "the agent serves", func() error {
		found := listens.FindAllSubmatch(a.read(t, "log"), -1)
		if len(found) == 0 {
			return errors.New("not yet")
		}
		a.address = string(found[len(found)-1][1])
		return nil
	})
}

func (a *agent) kill() {
	if a.process != nil {
		_ = a.process.Process.Kill()
		<-a.ended
		a.process = nil
	}
}

func (a *agent) pid() int { return a.process.Process.Pid }

// command runs heatsync as an operator would and gives what it prints.
func (a *agent) command(t *testing.T, args ...string) (output []byte, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, heatsyncFile, args...)
	cmd.Dir, cmd.Env = a.dir, append([]string{"HEATSYNC_CONFIG=" + a.file("heatsync.yaml")}, a.environ...)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("heatsync %s: %v", strings.Join(args, " "), err)
	}
	return out, cmd.ProcessState.ExitCode()
}

// get reads one page of the agent.
func (a *agent) get(path string) ([]byte, error) {
	answer, err := a.client.Get("http://" + a.address + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, bytes.TrimSpace(text))
	}
	return text, err
}

// clusters gives a fleet's clusters by name.
func (a *agent) clusters(fleet string) (map[string]reconcile.ClusterStatus, error) {
	f, err := a.fleet(fleet)
	out := map[string]reconcile.ClusterStatus{}
	for _, c := range f.Clusters {
		out[c.Name] = c
	}
	return out, err
}

func (a *agent) fleet(name string) (reconcile.FleetStatus, error) {
	all, err := a.fleets()
	for _, f := range all {
		if f.Name == name {
			return f, nil
		}
	}
	return reconcile.FleetStatus{}, cmp.Or(err, fmt.Errorf("no fleet %q", name))
}

func (a *agent) fleets() ([]reconcile.FleetStatus, error) {
	text, err := a.get("/api/v1/clusters")
	var all httpapi.Clusters
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	return all.Fleets, err
}

// await asks until the answer is nil, and fails the test with the last one.
func await(t *testing.T, limit time.Duration, what string, ask func() error) {
	t.Helper()
	awaitEvery(t, 20*time.Millisecond, limit, what, ask)
}

// awaitEvery is await for a question that costs the agent something.
func awaitEvery(t *testing.T, pause, limit time.Duration, what string, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, limit, err)
		}
		time.Sleep(pause)
	}
}
