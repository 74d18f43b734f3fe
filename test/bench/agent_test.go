package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/reconcile"
)

// programs is a folder with heatsync, its docker driver and the driver's pin.
type programs struct{ dir string }

// build makes the programs of this tree.
func build(b *testing.B) programs {
	b.Helper()
	p := programs{dir: b.TempDir()}
	command(b, "go", "build", "-buildvcs=false", "-o", p.dir, "../../cmd/heatsync", "../../cmd/heatsync-driver-docker")
	command(b, p.heatsync(), "driver", "lock", p.dir)
	return p
}

func (p programs) heatsync() string { return filepath.Join(p.dir, "heatsync") }
func (p programs) lock() string     { return filepath.Join(p.dir, "drivers.lock") }

func command(b *testing.B, name string, args ...string) {
	b.Helper()
	c := exec.CommandContext(b.Context(), name, args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// site is all that an agent runs on, and that outlives it.
type site struct {
	programs programs
	cloud    *cloud
	repos    []*repository
	state    string
	file     string // the agent's config
}

func newSite(b *testing.B, p programs, fleets, clusters int) *site {
	b.Helper()
	var names []string
	for i := range fleets {
		names = append(names, fmt.Sprintf("fleet%c%c", 'a'+i/26, 'a'+i%26))
	}
	dir := b.TempDir()
	s := &site{programs: p, cloud: newCloud(b, names), state: filepath.Join(dir, "state"), file: filepath.Join(dir, "heatsync.yaml")}
	for _, name := range names {
		s.repos = append(s.repos, newRepository(b, name, clusters))
	}
	return s
}

// configure writes the config: the defaults but for what a benchmark cannot
// wait for (a create whose fate is not known) and what fill asks for.
func (s *site) configure(b *testing.B, fill bool) {
	b.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "listen: 127.0.0.1:0\nstateDir: %s\ndrivers: {dir: %s, lock: %s}\nlog: {format: json}\nfleets:\n", s.state, s.programs.dir, s.programs.lock())
	for _, r := range s.repos {
		fmt.Fprintf(&text, "- name: %s\n  source: {git: {url: 'file://%s', branch: main}}\n  cloud: {name: %s, file: %s, rpcTimeout: 0s, margin: 0s}\n",
			r.fleet, r.bare, r.fleet, s.cloud.clouds)
		if fill {
			fmt.Fprintf(&text, "  maxCreates: %d\n  poll: {inProgress: 2s, inventory: 15s, deepCheck: {rate: 1/h}}\n", r.clusters)
		}
	}
	if err := os.WriteFile(s.file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

// clusters is how many the site has in all.
func (s *site) clusters() int {
	n := 0
	for _, r := range s.repos {
		n += r.clusters
	}
	return n
}

// agent is a running heatsync.
type agent struct {
	site    *site
	command *exec.Cmd
	begun   time.Time
	listen  string
	logged  *tail
}

// start runs the agent and waits until it serves.
func (s *site) start(b *testing.B) *agent {
	b.Helper()
	a := &agent{site: s, logged: &tail{}}
	a.command = exec.Command(s.programs.heatsync(), "run", "--config", s.file)
	stderr, err := a.command.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	a.begun = time.Now()
	if err := a.command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.kill() })
	listen := make(chan string, 1)
	go a.read(stderr, listen)
	select {
	case a.listen = <-listen:
	case <-time.After(time.Minute):
		b.Fatalf("the agent does not serve:\n%s", a.logged)
	}
	return a
}

// read follows the agent's log.
func (a *agent) read(log io.Reader, listen chan<- string) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var record struct{ Msg, Listen, Level string }
		if json.Unmarshal(lines.Bytes(), &record) != nil || record.Level != "INFO" {
			a.logged.add(lines.Text())
		}
		if record.Msg == "heatsync runs" {
			listen <- record.Listen
		}
	}
}

func (a *agent) pid() int { return a.command.Process.Pid }

// driver gives the driver's process.
func (a *agent) driver(b *testing.B) int {
	b.Helper()
	children := childrenOf(b, a.pid())
	if len(children) != 1 {
		b.Fatalf("the agent has started %d processes, want its driver alone", len(children))
	}
	return children[0]
}

// stop ends the agent as an init system does, so that it leaves hints.
func (a *agent) stop(b *testing.B) {
	b.Helper()
	if err := a.command.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := a.command.Wait(); err != nil {
		b.Fatalf("the agent's end: %v\n%s", err, a.logged)
	}
}

func (a *agent) kill() {
	if a.command.ProcessState == nil {
		_ = a.command.Process.Kill()
		_ = a.command.Wait()
	}
}

// get asks the agent over HTTP and gives the answer's body, which the caller
// closes.
func (a *agent) get(b *testing.B, method, path string) io.ReadCloser {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, "http://"+a.listen+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatalf("%s %s: %v\n%s", method, path, err, a.logged)
	}
	if resp.StatusCode/100 != 2 {
		b.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	return resp.Body
}

// resync has all fleets looked at now.
func (a *agent) resync(b *testing.B) {
	b.Helper()
	for _, r := range a.site.repos {
		a.get(b, http.MethodPost, "/api/v1/fleets/"+r.fleet+"/resync").Close()
	}
}

// read gives the agent's answer whole, how long it took and its bytes.
func (a *agent) fetch(b *testing.B, path string) ([]byte, time.Duration) {
	b.Helper()
	begun := time.Now()
	body := a.get(b, http.MethodGet, path)
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		b.Fatal(err)
	}
	return data, time.Since(begun)
}

// wait waits until every cluster is where reached counts it, and gives the time
// at which the last one was. It asks seldom, for the answer itself costs the
// agent.
func (a *agent) wait(b *testing.B, reached func([]reconcile.ClusterStatus) (time.Time, int)) time.Time {
	b.Helper()
	all := a.site.clusters()
	patience := time.Minute + time.Duration(all)*200*time.Millisecond
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	pause := min(5*time.Second, 200*time.Millisecond+time.Duration(all)*time.Millisecond/2)
	for {
		last, n := reached(a.clusters(b))
		if n == all {
			return last
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			b.Fatalf("after %v only %d of %d clusters are there:\n%s", patience, n, all, a.logged)
		}
	}
}

// settled gives when the last cluster was settled.
func settled(all []reconcile.ClusterStatus) (last time.Time, reached int) {
	for _, c := range all {
		if c.Outcome == reconcile.Settled {
			reached++
			if c.Since.After(last) {
				last = c.Since
			}
		}
	}
	return last, reached
}

// made counts the stacks that are complete. Each is still to be compared with
// what was asked, at the pace at which an agent reads.
func made(all []reconcile.ClusterStatus) (now time.Time, reached int) {
	for _, c := range all {
		if strings.HasSuffix(c.Stack.Status, "_COMPLETE") {
			reached++
		}
	}
	return time.Now(), reached
}

func (a *agent) clusters(b *testing.B) []reconcile.ClusterStatus {
	b.Helper()
	data, _ := a.fetch(b, "/api/v1/clusters")
	var answer httpapi.Clusters
	if err := json.Unmarshal(data, &answer); err != nil {
		b.Fatal(err)
	}
	var out []reconcile.ClusterStatus
	for _, f := range answer.Fleets {
		out = append(out, f.Clusters...)
	}
	return out
}

// tail keeps the last warnings of a log.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	if len(t.lines) > 20 {
		t.lines = t.lines[1:]
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
