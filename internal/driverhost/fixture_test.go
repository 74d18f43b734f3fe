package driverhost

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// The test binary is every driver of these tests: it looks at the name it was
// started by, since the environment does not reach a driver.
func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(filepath.Base(os.Args[0]), driver.FilePrefix); ok {
		beDriver(name)
		return
	}
	if dir := os.Getenv("HEATSYNC_TEST_HOST"); dir != "" {
		beHost(dir)
		return
	}
	os.Exit(m.Run())
}

// beHost is an agent that runs the driver "toy", says its pid and is killed.
func beHost(dir string) {
	h, err := Open(Options{Dir: dir, LockFile: filepath.Join(dir, "drivers.lock"), Timing: fast()})
	if err != nil {
		panic(err)
	}
	d, err := h.Driver("toy")
	if err != nil {
		panic(err)
	}
	got, err := d.Render(context.Background(), render("fine"))
	if err != nil {
		panic(err)
	}
	fmt.Println("pid", got.Parameters["pid"])
	_ = d.Apply(context.Background(), apply("wait"), func(string) { fmt.Println("begun") })
	select {}
}

func beDriver(name string) {
	name, _, _ = strings.Cut(name, ".")
	switch name {
	case "noisy":
		fmt.Println("loading config ...")
		fmt.Println(strings.Repeat("x", 200<<10))
		fmt.Println("1|1|not|a|handshake")
	case "dies-talking":
		fmt.Fprint(os.Stderr, strings.Repeat(strings.Repeat("x", 99)+"\n", 600)+"panic: its last words\n")
		os.Exit(2)
	case "exits":
		fmt.Fprintln(os.Stderr, "no such luck")
		os.Exit(3)
	case "silent":
		select {}
	case "future":
		fmt.Println("1|7|unix|/tmp/nowhere|grpc|")
		select {}
	case "garbage":
		fmt.Println("1|1|unix|/nowhere/at/all|grpc|")
		select {}
	case "misnamed":
		name = "toy"
	case "grandchild":
		// A child that holds our stdout must not outlive us.
		attr := &os.ProcAttr{Files: []*os.File{nil, os.Stdout, os.Stderr}}
		if _, err := os.StartProcess("/bin/sleep", []string{"sleep", "300"}, attr); err != nil {
			panic(err)
		}
	}
	driver.Serve(toy{name})
}

// toy does what the cluster's name says.
type toy struct{ name string }

const goodDigest = "1-0123456789abcdef0123456789abcdef"

func (d toy) Describe() driver.Description {
	return driver.Description{Name: d.name, Version: "1.2.3"}
}

func (d toy) Render(in driver.RenderInput) driver.Rendered {
	d.act(in.Cluster.Name)
	switch in.Cluster.Name {
	case "lie":
		return driver.Rendered{Digest: "nonsense"}
	case "environment":
		return driver.Rendered{Digest: goodDigest, Parameters: map[string]string{
			"env": strings.Join(os.Environ(), "\x00"), "stdout": os.Stdout.Name(), "pid": fmt.Sprint(os.Getpid()),
		}}
	}
	return driver.Rendered{Digest: goodDigest, Parameters: map[string]string{"pid": fmt.Sprint(os.Getpid())}}
}

func (d toy) act(what string) {
	switch what {
	case "hang":
		select {}
	case "panic":
		panic("bad spec")
	case "fatal":
		go panic("all is lost")
		select {}
	case "die":
		os.Exit(7)
	case "stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		select {}
	case "flood":
		for i := range 20000 {
			fmt.Fprintln(os.Stderr, "flood", i, strings.Repeat("y", 100))
		}
	case "print":
		fmt.Println("a stray print")
		slog.Info("a log line", "key", "value")
	}
}

func (d toy) Plan(in driver.PlanInput) driver.Plan {
	d.act(in.Cluster.Name)
	if in.Cluster.Name == "lie" {
		return driver.Plan{Steps: []driver.Step{{ID: "a", Kind: 99}}}
	}
	return driver.Plan{}
}

func (d toy) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	progress("begun")
	d.act(in.Cluster.Name)
	switch in.Cluster.Name {
	case "empty":
		return driver.Result{}
	case "verdict":
		return driver.Result{Verdict: 77}
	case "other-stack":
		return driver.Result{Verdict: driver.Accepted, StackID: "other"}
	case "wait":
		<-ctx.Done()
		return driver.Result{Verdict: driver.Ambiguous, StackID: in.StackID, Fault: driver.Fault{Code: "timeout", Who: "nobody", Summary: "told to stop"}}
	case "slow":
		time.Sleep(300 * time.Millisecond)
	}
	return driver.Result{Verdict: driver.Accepted, StackID: in.StackID}
}

// folder is a drivers folder with its lock.
type folder struct {
	t         testing.TB
	dir, lock string
}

func newFolder(t testing.TB, names ...string) folder {
	t.Helper()
	f := folder{t, t.TempDir(), filepath.Join(t.TempDir(), "drivers.lock")}
	for _, name := range names {
		f.install(name, "")
	}
	f.pin()
	return f
}

func (f folder) path(name string) string { return filepath.Join(f.dir, driver.FilePrefix+name) }

// install puts the test binary there by rename; a suffix makes it other bytes.
func (f folder) install(name, suffix string) {
	f.t.Helper()
	self, err := os.Executable()
	if err != nil {
		f.t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(name, append(program, suffix...))
}

func (f folder) write(name string, content []byte) {
	f.t.Helper()
	temporary := f.path(name) + ".tmp"
	if err := os.WriteFile(temporary, content, 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(temporary, f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) pin() {
	f.t.Helper()
	if _, err := WriteLock(f.dir, f.lock); err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) sum(name string) string {
	f.t.Helper()
	content, err := os.ReadFile(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// fast is a timing for tests: what is to happen soon happens sooner, and deadlines
// that should not be met are long.
func fast() Timing {
	return Timing{
		Start: 20 * time.Second, Drain: time.Second, Linger: time.Second + 2*exitDelay,
		Backoff: 10 * time.Millisecond, Settle: 20 * time.Millisecond, Rest: time.Hour,
	}
}

func (f folder) open(change func(*Options)) *Host {
	f.t.Helper()
	o := Options{Dir: f.dir, LockFile: f.lock, Timing: fast()}
	if change != nil {
		change(&o)
	}
	h, err := Open(o)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			f.t.Error(err)
		}
	})
	return h
}

func handle(t testing.TB, h *Host, name string) *Handle {
	t.Helper()
	d, err := h.Driver(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func render(cluster string) driver.RenderInput {
	return driver.RenderInput{Cluster: driver.Cluster{Name: cluster}}
}

func apply(cluster string) driver.ApplyInput {
	return driver.ApplyInput{Step: "s", Cluster: driver.Cluster{Name: cluster}, StackID: "stack-1"}
}
