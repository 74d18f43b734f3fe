package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

const fleetText = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: prod}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: good}
spec: {coe: docker, driver: good, image: i, keypair: k, externalNetwork: n}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: hung}
spec: {coe: docker, driver: hung, image: i, keypair: k, externalNetwork: n}
`

func clusterText(name, template string) string {
	return fmt.Sprintf("---\napiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec: {template: %s}\n", name, template)
}

// snapshotOf is a revision that holds one file.
func snapshotOf(t *testing.T, text string) *gitsource.Snapshot {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := gitsource.ReadFolder(t.Context(), dir, gitsource.FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fakeSource gives what it is told to.
type fakeSource struct {
	mu       sync.Mutex
	snap     *gitsource.Snapshot
	err      error
	good     *gitsource.Snapshot
	accepted []string
}

func (s *fakeSource) Latest(context.Context) (*gitsource.Snapshot, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snap, true, s.err
}

func (s *fakeSource) LastGood() (*gitsource.Snapshot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.good, s.good != nil
}

func (s *fakeSource) Accept(_ context.Context, snap *gitsource.Snapshot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = append(s.accepted, snap.Revision().ID)
	return nil
}

func (s *fakeSource) Close() error { return nil }

// fakeCloud holds stacks that are complete as soon as they are made.
type fakeCloud struct {
	mu   sync.Mutex
	rows map[string]live.Row
	err  error
}

func newFakeCloud() *fakeCloud { return &fakeCloud{rows: map[string]live.Row{}} }

func (c *fakeCloud) Identity(context.Context) (string, error) { return "fake", nil }

func (c *fakeCloud) all() ([]live.Row, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []live.Row
	for _, r := range c.rows {
		out = append(out, r)
	}
	return out, c.err
}

// names gives the names of the stacks there are, sorted.
func (c *fakeCloud) names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, r := range c.rows {
		out = append(out, r.Name)
	}
	slices.Sort(out)
	return out
}

func (c *fakeCloud) Inventory(context.Context) ([]live.Row, bool, error) {
	rows, err := c.all()
	return rows, err == nil, err
}
func (c *fakeCloud) Recent(context.Context) ([]live.Row, error) { return c.all() }

func (c *fakeCloud) InProgress(_ context.Context, ids []string) ([]live.Row, error) { return c.all() }

func (c *fakeCloud) Look(_ context.Context, names []string, id string) ([]live.Row, error) {
	rows, err := c.all()
	var out []live.Row
	for _, r := range rows {
		if r.ID == id || slices.Contains(names, r.Name) {
			out = append(out, r)
		}
	}
	return out, err
}

func (c *fakeCloud) ReadParts(_ context.Context, _, id string, ps []live.Part) (live.Parts, error) {
	return live.Parts{StackID: id, Read: ps}, nil
}

func (c *fakeCloud) Credential(context.Context, time.Duration) (driver.Credential, error) {
	return driver.Credential{Token: "secret-token"}, nil
}

func (c *fakeCloud) Fault(err error) reconcile.Fault {
	return reconcile.Fault{Code: reconcile.FaultUnavailable, Who: reconcile.Cloud, Summary: err.Error(), Transient: true}
}

func (c *fakeCloud) Close() {}

func (c *fakeCloud) put(name string, tags []string, now time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := "id-" + name
	c.rows[id] = live.Row{ID: id, Name: name, Status: live.ParseStatus("CREATE_COMPLETE"), Created: now, Tags: tags}
	return id
}

// fakeDriver makes stacks in a fakeCloud; before each call it waits for gate.
type fakeDriver struct {
	cloud *fakeCloud
	gate  func(ctx context.Context, call string) error // nil: open
}

const fakeDigest = "1-00000000000000000000000000000000"

func (d *fakeDriver) pass(ctx context.Context, call string) error {
	if d.gate == nil {
		return nil
	}
	return d.gate(ctx, call)
}

func (d *fakeDriver) Validate(ctx context.Context, _ driver.Cluster) ([]driver.Diagnostic, error) {
	return nil, d.pass(ctx, "Validate")
}

func (d *fakeDriver) Render(ctx context.Context, _ driver.RenderInput) (driver.Rendered, error) {
	return driver.Rendered{Digest: fakeDigest}, d.pass(ctx, "Render")
}

func (d *fakeDriver) Plan(ctx context.Context, in driver.PlanInput) (driver.Plan, error) {
	p := driver.Plan{Digest: fakeDigest}
	if in.Stack == nil {
		p.Steps = []driver.Step{{ID: "create", Title: "create it", Kind: driver.StepCreate, Disruption: driver.EffectAdd}}
		p.Changes = []driver.Change{{Path: "stack", To: "new", Effect: driver.EffectAdd}}
	}
	return p, d.pass(ctx, "Plan")
}

func (d *fakeDriver) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	if err := d.pass(ctx, "Apply"); err != nil {
		return driver.Result{Verdict: driver.Ambiguous, Fault: driver.Fault{Code: "driver", Who: "operator", Summary: err.Error()}}
	}
	progress("made it")
	return driver.Result{Verdict: driver.Accepted, StackID: d.cloud.put(in.StackName, in.Tags, time.Now())}
}

func (d *fakeDriver) CheckHealth(context.Context, driver.HealthInput) (driver.HealthReport, error) {
	return driver.HealthReport{Health: driver.Healthy}, nil
}

type fakeDrivers map[string]carry.Driver

func (d fakeDrivers) Driver(name string) (carry.Driver, error) {
	if r, ok := d[name]; ok {
		return r, nil
	}
	return nil, errors.New("there is none")
}

// world is a loop over fakes.
type world struct {
	source  *fakeSource
	cloud   *fakeCloud
	drivers fakeDrivers
	loop    *loop
	stop    context.CancelFunc
	now     context.CancelFunc
	hints   *hintsFile
}

// newWorld makes a loop that is not turning yet; run starts it.
func newWorld(t *testing.T, text string) *world {
	t.Helper()
	w := &world{
		source: &fakeSource{}, cloud: newFakeCloud(), drivers: fakeDrivers{},
		hints: &hintsFile{path: filepath.Join(t.TempDir(), "hints.json")},
	}
	w.source.snap = snapshotOf(t, text)
	w.drivers["good"] = &fakeDriver{cloud: w.cloud}
	return w
}

func (w *world) run(t *testing.T) {
	t.Helper()
	s := reconcile.DefaultSettings("prod")
	s.SettleIn = 0
	w.loop = newLoop(loopOptions{
		settings: s, slots: 1, engine: reconcile.New(), source: w.source, cloud: w.cloud, drivers: w.drivers,
		clock: newClock(), hints: w.hints, log: slog.New(slog.DiscardHandler),
	})
	hints, err := w.hints.take()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	now, cut := context.WithCancel(context.Background())
	w.stop, w.now = stop, cut
	for name := range w.drivers {
		d := reconcile.Driver{Name: name, Version: "1", SHA256: name, Targets: []reconcile.Target{{COE: "docker"}}}
		w.loop.post(func(at reconcile.At) reconcile.Event { return reconcile.Described{At: at, Driver: d} })
	}
	go w.loop.run(ctx, now, hints)
}

// end stops the loop and waits for it.
func (w *world) end() {
	w.stop()
	<-w.loop.ended
	w.now()
}

// outcome gives one cluster's present outcome.
func (w *world) outcome(t *testing.T, cluster string) reconcile.ClusterStatus {
	t.Helper()
	s, err := w.loop.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Clusters {
		if c.Name == cluster {
			return c
		}
	}
	return reconcile.ClusterStatus{}
}

// await waits on the bubble's clock until a cluster has an outcome.
func (w *world) await(t *testing.T, cluster string, want reconcile.Outcome) {
	t.Helper()
	for range 1000 {
		if w.outcome(t, cluster).Outcome == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("cluster %s is %+v, want %s", cluster, w.outcome(t, cluster), want)
}
