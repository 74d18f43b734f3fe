package metrics

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

var update = flag.Bool("update", false, "write docs/operate/metrics.md anew")

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type agent struct {
	fleets  []Fleet
	drivers []Driver
}

func (a *agent) Fleets() []Fleet   { return a.fleets }
func (a *agent) Drivers() []Driver { return a.drivers }

// busy is an agent of which every metric has something to say.
func busy() *agent {
	status := &reconcile.FleetStatus{
		Name: "prod", Revision: "abc", Lanes: reconcile.LaneTimes{Source: now, Inventory: now, DeepTour: now},
		Guards: []reconcile.GuardStatus{{Code: reconcile.HeldMaxDeletes, Clusters: []string{"a", "b"}}},
		Clusters: []reconcile.ClusterStatus{
			{Name: "web", Outcome: reconcile.Settled, Since: now, Health: reconcile.Healthy, Nodes: reconcile.NodeCounts{Desired: 3, Live: 3}},
			{Name: "db", Outcome: reconcile.Stalled, Code: reconcile.FaultQuota, Since: now, Drift: []plan.Change{{Path: "flavor"}}},
		},
	}
	return &agent{
		fleets:  []Fleet{{Name: "prod", Beat: now, Status: status}, {Name: "hung", Beat: now.Add(-time.Hour)}},
		drivers: []Driver{{Name: "docker", Version: "1.0.0", Up: true}},
	}
}

// used is a registry after everything has happened once.
func used(t *testing.T, a *agent) (*prometheus.Registry, *Metrics) {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	m, err := New(r, a)
	if err != nil {
		t.Fatal(err)
	}
	m.ConfigRead(now)
	m.Request("prod", "orchestration", "GET", 200, time.Second)
	m.DriverCall("docker", "Plan", "ok", time.Second)
	m.DriverRestart("docker", "crashed")
	m.Found("prod", reconcile.Finding{Kind: reconcile.FoundStepEnded, Step: &plan.Step{Kind: plan.StepCreate}, Verdict: reconcile.Accepted, Took: time.Second})
	m.Found("prod", reconcile.Finding{Kind: reconcile.FoundStepEnded, Took: time.Minute})
	m.Found("prod", reconcile.Finding{Kind: reconcile.FoundDrift, Cluster: "db", Time: now})
	return r, m
}

func families(t *testing.T, r *prometheus.Registry) map[string]int {
	t.Helper()
	fs, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, f := range fs {
		out[f.GetName()] = len(f.GetMetric())
	}
	return out
}

func TestPageIsWhatIsRegistered(t *testing.T) {
	r, _ := used(t, busy())
	var documented []string
	for _, e := range Catalogue() {
		documented = append(documented, e.Name)
	}
	slices.Sort(documented)
	registered := slices.Sorted(maps.Keys(families(t, r)))
	if diff := cmp.Diff(documented, registered); diff != "" {
		t.Errorf("documented -, registered +:\n%s", diff)
	}
	page := filepath.Join("..", "docs", "operate", "metrics.md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(page), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, []byte(Page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Page(), string(text)); diff != "" {
		t.Errorf("docs/operate/metrics.md is out of date, run go test ./metrics -update; want -, got +:\n%s", diff)
	}
}

func TestAtMostEightSeriesPerCluster(t *testing.T) {
	r, _ := used(t, busy())
	fs, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	per := map[string]int{}
	for _, f := range fs {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "cluster" {
					per[l.GetValue()]++
				}
			}
		}
	}
	for cluster, n := range per {
		if n > 8 {
			t.Errorf("cluster %s has %d series", cluster, n)
		}
	}
	if per["db"] != 7 || per["web"] != 5 {
		t.Errorf("series per cluster: %v", per)
	}
}

func TestSeriesGoWithTheirCluster(t *testing.T) {
	a := busy()
	r, m := used(t, a)
	before := families(t, r)
	a.fleets[0].Status.Clusters = a.fleets[0].Status.Clusters[:1]
	after := families(t, r)
	for _, name := range []string{"heatsync_cluster_outcome", "heatsync_cluster_drift_since_timestamp_seconds"} {
		if after[name] != before[name]-1 {
			t.Errorf("%s: %d series, before %d", name, after[name], before[name])
		}
	}
	a.fleets = nil
	m.ForgetFleet("prod")
	for name, n := range families(t, r) {
		if strings.Contains(name, "fleet") || strings.Contains(name, "cluster") || strings.Contains(name, "cloud") {
			t.Errorf("%s still has %d series", name, n)
		}
	}
}

// A scrape may have a status that was taken before the drift was seen: its age must
// not be lost by that, for nobody tells of the drift again.
func TestDriftHasItsTimeAfterAnOlderStatus(t *testing.T) {
	a := busy()
	r, _ := used(t, a)
	drift := a.fleets[0].Status.Clusters[1].Drift
	a.fleets[0].Status.Clusters[1].Drift = nil
	families(t, r)
	a.fleets[0].Status.Clusters[1].Drift = drift
	for range 2 {
		if n := families(t, r)["heatsync_cluster_drift_since_timestamp_seconds"]; n != 1 {
			t.Errorf("%d clusters say since when they have drift, want 1", n)
		}
	}
}

func TestClusterOutcome(t *testing.T) {
	r, _ := used(t, busy())
	const want = `
# HELP heatsync_cluster_outcome 1, labelled with the cluster's present outcome and code.
# TYPE heatsync_cluster_outcome gauge
heatsync_cluster_outcome{cluster="db",code="quota",fleet="prod",outcome="stalled"} 1
heatsync_cluster_outcome{cluster="web",code="",fleet="prod",outcome="settled"} 1
`
	if err := testutil.GatherAndCompare(r, strings.NewReader(want), "heatsync_cluster_outcome"); err != nil {
		t.Error(err)
	}
}

func TestFleetCountsHaveEveryOutcome(t *testing.T) {
	r, _ := used(t, busy())
	if n := families(t, r)["heatsync_fleet_clusters"]; n != len(reconcile.Outcomes) {
		t.Errorf("%d outcomes are counted, there are %d", n, len(reconcile.Outcomes))
	}
}

// Every metric a rule or a panel names must exist.
func TestRulesAndDashboardNameMetrics(t *testing.T) {
	known := map[string]bool{}
	for _, e := range Catalogue() {
		known[e.Name] = true
		if e.Kind == Histogram {
			for _, s := range []string{"_bucket", "_sum", "_count"} {
				known[e.Name+s] = true
			}
		}
	}
	word := regexp.MustCompile(`heatsync_[a-z_]+`)
	for _, file := range []string{"alerts.yaml", "dashboard.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range word.FindAllString(string(text), -1) {
			if !known[name] {
				t.Errorf("%s names %s, which is no metric", file, name)
			}
		}
	}
}

// Prometheus's own check, where its package is installed.
func TestRulesPassPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: the Debian package prometheus has it")
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", "alerts.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTwoAgentsInOneProcess(t *testing.T) {
	for range 2 {
		if _, err := New(prometheus.NewRegistry(), busy()); err != nil {
			t.Fatal(err)
		}
	}
}

// Thirty thousand series in one scrape should stay well below a second.
func BenchmarkScrape(b *testing.B) {
	a := busy()
	cs := a.fleets[0].Status.Clusters[:0:0]
	for i := range 10_000 {
		cs = append(cs, reconcile.ClusterStatus{Name: fmt.Sprintf("c-%d", i), Outcome: reconcile.Settled, Since: now})
	}
	a.fleets[0].Status.Clusters = cs
	r := prometheus.NewRegistry()
	if _, err := New(r, a); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}
