package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/test/port"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"heatsync": func() { os.Exit(mainCode()) }})
}

// TestScripts plays the stories of testdata/script with the real command and the
// real drivers as processes, over heatsim on loopback.
func TestScripts(t *testing.T) {
	driver, kubernetes, sealed := buildDriver(t, "docker"), buildDriver(t, "kubernetes"), buildSealed(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			address, release, err := port.Reserve()
			if err != nil {
				return err
			}
			e.Defer(release)
			e.Setenv("PORT", strings.TrimPrefix(address, "127.0.0.1:"))
			e.Setenv("DRIVER", driver)
			e.Setenv("KUBERNETES", kubernetes)
			e.Setenv("SEALED", sealed)
			e.Setenv("HEATSYNC_CONFIG", filepath.Join(e.WorkDir, "heatsync.yaml"))
			e.Setenv("HOME", e.WorkDir)
			e.Values[simKey{}] = &sim{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"heatsim": heatsimCommand, "heatsync-get": getCommand, "await": awaitCommand, "expand": expandCommand, "install": installCommand,
			"age-keygen": ageKeyCommand, "no-leak": noLeakCommand,
		},
	})
}

// buildDriver builds a driver once for all stories.
func buildDriver(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heatsync-driver-"+name)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", file, "../heatsync-driver-"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build driver %s: %v\n%s", name, err, out)
	}
	return file
}

// sim is the cloud of one story.
type sim struct {
	once   sync.Once
	server *httptest.Server
	script *heatsim.Script
	client *heat.Client
}

type simKey struct{}

const cloudsYAML = `clouds:
  sim:
    region_name: RegionOne
    auth:
      auth_url: %s/identity/v3
      username: demo
      password: openstack
      project_name: demo
      user_domain_name: Default
      project_domain_name: Default
`

// heatsimCommand: "heatsim start" serves a cloud and writes clouds.yaml,
// "heatsim down" and "heatsim up" have every request refused or not, "heatsim
// stacks" prints name and status of each stack, "heatsim delete STACK" and
// "heatsim patch STACK NAME=VALUE" meddle by hand, "heatsim silent" adds a cloud
// called silent, which takes connections and never answers.
func heatsimCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: heatsim start|down|up|stacks|delete|patch|silent")
	}
	s := ts.Value(simKey{}).(*sim)
	s.once.Do(func() { s.start(ts) })
	switch args[0] {
	case "start":
	case "down":
		s.script.Add(heatsim.Rule{Effect: heatsim.Refuse(503)})
	case "up":
		s.script.Clear()
	case "stacks":
		fmt.Fprint(ts.Stdout(), s.list(ts))
	case "delete", "patch":
		s.meddle(ts, args)
	case "silent":
		addSilent(ts)
	default:
		ts.Fatalf("heatsim cannot %s", args[0])
	}
}

func (s *sim) start(ts *testscript.TestScript) {
	s.script = heatsim.NewScript()
	s.server = httptest.NewServer(heatsim.New(heatsim.Options{Seed: 1, Faults: s.script}).Handler())
	ts.Defer(s.server.CloseClientConnections)
	file := ts.MkAbs("clouds.yaml")
	ts.Check(os.WriteFile(file, fmt.Appendf(nil, cloudsYAML, s.server.URL), 0o600))
	c, err := openstack.Open(context.Background(), openstack.CloudOptions{Name: "sim", File: file})
	ts.Check(err)
	s.client = c.Heat()
}

func addSilent(ts *testscript.TestScript) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	file := ts.MkAbs("clouds.yaml")
	text, err := os.ReadFile(file)
	ts.Check(err)
	entry := strings.NewReplacer("clouds:\n", "", "  sim:", "  silent:").Replace(fmt.Sprintf(cloudsYAML, "http://"+l.Addr().String()))
	ts.Check(os.WriteFile(file, append(text, entry...), 0o600))
}

func (s *sim) rows(ts *testscript.TestScript) []stackRow {
	rows, err := s.client.List(context.Background(), heat.Query{Sort: heat.ByCreated})
	ts.Check(err)
	var out []stackRow
	for _, r := range rows {
		out = append(out, stackRow{r.Name, r.ID, r.Status.String(), r.Tags})
	}
	return out
}

// list is what "heatsim stacks" prints.
func (s *sim) list(ts *testscript.TestScript) string {
	var b strings.Builder
	rows := s.rows(ts)
	fmt.Fprintf(&b, "%d stacks\n", len(rows))
	for _, r := range rows {
		fmt.Fprintf(&b, "%s %s\n", r.Name, r.Status)
	}
	return b.String()
}

type stackRow struct {
	Name, ID, Status string
	Tags             []string
}

func (s *sim) meddle(ts *testscript.TestScript, args []string) {
	for _, row := range s.rows(ts) {
		if row.Name != args[1] {
			continue
		}
		ref := heat.Ref{Name: row.Name, ID: row.ID}
		if args[0] == "delete" {
			ts.Check(s.client.Delete(context.Background(), ref))
			return
		}
		name, value, _ := strings.Cut(args[2], "=")
		tags, err := heat.NewTags(row.Tags...)
		ts.Check(err)
		ts.Check(s.client.Patch(context.Background(), ref, heat.Patch{Spec: heat.Spec{Parameters: map[string]any{name: value}}, Tags: tags}))
		return
	}
	ts.Fatalf("there is no stack %s", args[1])
}

const awaitLimit = 2 * time.Minute

// awaitCommand: "await PATTERN COMMAND ARGS..." runs the command until what it
// prints matches, be it an error, and with "!" until it succeeds and what it prints
// does not; the last output is the story's stdout.
func awaitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: await PATTERN COMMAND ARGS...")
	}
	want := regexp.MustCompile("(?ms)" + args[0])
	deadline := time.Now().Add(awaitLimit)
	for {
		out, ok := awaitOnce(ts, args[1:])
		if matches := want.MatchString(out); !neg && matches || neg && ok && !matches {
			fmt.Fprint(ts.Stdout(), out)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s did not come; the last output was\n%s", args[0], out)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// awaitOnce runs one command, gives what it prints and tells whether it succeeded.
func awaitOnce(ts *testscript.TestScript, args []string) (string, bool) {
	if args[0] == "heatsim" {
		return ts.Value(simKey{}).(*sim).list(ts), true
	}
	if args[0] == "heatsync-get" {
		return get(ts, args[1])
	}
	c := exec.Command(args[0], args[1:]...)
	c.Dir = ts.MkAbs(".")
	c.Env = []string{"PATH=" + ts.Getenv("PATH"), "HEATSYNC_CONFIG=" + ts.Getenv("HEATSYNC_CONFIG"), "HOME=" + ts.Getenv("HOME"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	if filepath.Base(args[0]) == args[0] {
		if p, err := lookPath(ts.Getenv("PATH"), args[0]); err == nil {
			c.Path, c.Err = p, nil
		}
	}
	out, err := c.CombinedOutput()
	return string(out), err == nil
}

func lookPath(path, name string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", exec.ErrNotFound
}

// getCommand: "heatsync-get PATH" prints what the agent answers.
func getCommand(ts *testscript.TestScript, neg bool, args []string) {
	text, ok := get(ts, args[0])
	fmt.Fprint(ts.Stdout(), text)
	if ok == neg {
		ts.Fatalf("GET %s: %s", args[0], text)
	}
}

func get(ts *testscript.TestScript, path string) (string, bool) {
	answer, err := http.Get("http://127.0.0.1:" + ts.Getenv("PORT") + path)
	if err != nil {
		return err.Error(), false
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error(), false
	}
	return string(body), answer.StatusCode == http.StatusOK
}

// expandCommand: "expand FILE..." puts the story's variables into files.
func expandCommand(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		file := ts.MkAbs(name)
		text, err := os.ReadFile(file)
		ts.Check(err)
		ts.Check(os.WriteFile(file, []byte(os.Expand(string(text), ts.Getenv)), 0o600))
	}
	if neg {
		ts.Fatalf("expand cannot be negated")
	}
}

// installCommand: "install DIR" puts the docker driver there and pins it, "install
// DIR sealed" the stories' own.
func installCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: install DIR [sealed]")
	}
	dir, from := ts.MkAbs(args[0]), ts.Getenv("DRIVER")
	if len(args) > 1 {
		from = ts.Getenv("SEALED")
	}
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.Link(from, filepath.Join(dir, filepath.Base(from))))
	ts.Check(ts.Exec("heatsync", "driver", "lock", dir))
}
