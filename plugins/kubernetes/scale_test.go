package kubernetes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// scaled is a cluster on a simulated Heat with workers that have joined, and whose
// names are in order of their servers' indexes.
func scaled(t *testing.T, workers int, change ...func(*driver.Cluster)) (*teller, []string) {
	t.Helper()
	s := simulated(t)
	x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, "blue")}
	x.c.NodeGroups = []driver.NodeGroup{master(1), worker(workers)}
	for _, c := range change {
		c(&x.c)
	}
	if x.c.FixedNetwork != "" {
		x.makeNetwork()
	}
	x.does("create stack "+heatstack.StackName(x.c), driver.EffectAdd)
	x.boots()
	return x, slices.Sorted(maps.Keys(x.servers()["default-worker"]))
}

// workers sets how many there are to be, and who goes first.
func (x *teller) workers(n int, named ...string) {
	x.c.NodeGroups = slices.Clone(x.c.NodeGroups)
	x.c.NodeGroups[1].NodeCount, x.c.NodeGroups[1].NodesToRemove = n, named
}

// drain plans, and makes a round of the drain.
func (x *teller) drain() (driver.Plan, driver.Result) {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	p := x.plan(driver.IntentPresent, stack, false)
	if len(p.Steps) != 2 || p.Steps[0].Kind != driver.StepDrain {
		x.Fatalf("want a drain and an update, have %+v", p)
	}
	return p, x.applied(p.Steps[0], p.Digest, stack)
}

// nodesOf names the nodes of a plan's drain.
func nodesOf(p driver.Plan) string {
	var out []string
	for _, n := range p.Steps[0].Nodes {
		out = append(out, n.Name)
	}
	return strings.Join(out, " ")
}

// left are the names of the workers that Heat has.
func (x *teller) left() string {
	return strings.Join(slices.Sorted(maps.Keys(x.servers()["default-worker"])), " ")
}

const toTwo = "update stack story--blue: nodeCount 3 -> 2 (removes)"

func TestTheBrokenNodeGoesFirst(t *testing.T) {
	x, w := scaled(t, 3)
	x.api.AddPod(w[0], "web")
	nodestest.Broken(x.api.Nodes[w[0]])
	x.workers(2)
	x.empties(toTwo)
	if got := x.left(); got != w[1]+" "+w[2] {
		t.Errorf("left are %s of %q", got, w)
	}
}

// A node that says it is of a group, and whose server Heat does not name, is left.
func TestOnlyTheGroupsOwnServersGo(t *testing.T) {
	x, w := scaled(t, 2)
	for name := range x.servers()["default-master"] {
		x.api.Nodes[name].Labels[nodes.GroupLabel] = "default-worker"
		nodestest.Broken(x.api.Nodes[name])
	}
	x.workers(1)
	if p, _ := x.drain(); !slices.Contains(w, nodesOf(p)) {
		t.Errorf("to go is %q, of %q", nodesOf(p), w)
	}
	x.workers(1, slices.Collect(maps.Keys(x.servers()["default-master"]))...)
	x.stops("node-unknown")
}

func TestABudgetHoldsAScaleDown(t *testing.T) {
	x, w := scaled(t, 3)
	x.api.AddPod(w[1], "db")
	x.api.AddBudget("db", 0)
	x.workers(2, w[1])
	p, r := x.drain()
	if !r.Pending || !strings.Contains(r.WaitsFor, "default/db") || !strings.Contains(r.WaitsFor, "db-budget") {
		t.Fatalf("%+v", r)
	}
	nodestest.Broken(x.api.Nodes[w[0]]) // the choice is kept all the same
	if again, r := x.drain(); !r.Pending || again.Steps[0].ID != p.Steps[0].ID {
		t.Errorf("%+v after %+v: %+v", again.Steps[0], p.Steps[0], r)
	}
	x.api.Nodes[w[1]].Annotations[nodes.DrainSince] = time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
	if _, r := x.drain(); r.Verdict != driver.Refused || r.Fault.Code != "dependency" || r.Fault.Who != "author" || r.Fault.Transient || !strings.Contains(r.Fault.Summary, "db-budget") {
		t.Fatalf("an hour and more later: %+v", r)
	}
	if x.api.Pods["default/db"] == nil || len(x.having(servers)) != 4 {
		t.Fatal("the pod was deleted against its budget, or a server went")
	}
	x.api.Budgets[0].Status.DisruptionsAllowed = 1
	if _, r := x.drain(); r.Verdict != driver.Refused {
		t.Errorf("%+v", r)
	}
	x.empties(toTwo)
	if got := x.left(); got != w[0]+" "+w[2] {
		t.Errorf("left are %s of %q", got, w)
	}
}

func TestAPodThatHangsIsWaitedFor(t *testing.T) {
	x, w := scaled(t, 3)
	x.api.Linger = true
	x.api.AddPod(w[2], "web")
	x.workers(2, w[2])
	for range 2 {
		if _, r := x.drain(); !r.Pending || r.WaitsFor != `pods of node "`+w[2]+`" end` {
			t.Fatalf("%+v", r)
		}
	}
	delete(x.api.Pods, "default/web")
	x.empties(toTwo)
}

// A node that vanishes while it is emptied has nothing left to lose, and its server
// is the one that goes.
func TestANodeVanishesHalfWay(t *testing.T) {
	x, w := scaled(t, 3)
	x.api.AddPod(w[1], "db")
	x.api.AddBudget("db", 0)
	x.workers(2)
	x.api.AddPod(w[0], "a")
	x.api.AddPod(w[2], "b")
	x.api.AddPod(w[0], "c")
	x.api.AddPod(w[2], "d")
	if p, r := x.drain(); !r.Pending || nodesOf(p) != w[1] {
		t.Fatalf("%s: %+v", nodesOf(p), r)
	}
	delete(x.api.Nodes, w[1])
	went := x.empties(toTwo)
	if got := x.left(); len(went) != 1 || got != w[0]+" "+w[2] {
		t.Errorf("left are %s of %q", got, w)
	}
}

func TestScaleToZeroAndBack(t *testing.T) {
	x, w := scaled(t, 2)
	x.api.AddPod(w[0], "web")
	x.workers(0, "nobody")
	if went := x.empties("update stack story--blue: nodeCount 2 -> 0 (removes)"); len(went) != 2 || len(x.api.Pods) > 0 {
		t.Errorf("%q went, with pods %v", went, x.api.Pods)
	}
	x.workers(1)
	x.does("update stack story--blue: nodeCount 0 -> 1 (adds)", driver.EffectAdd)
}

func TestNamesThatAreNobodys(t *testing.T) {
	x, w := scaled(t, 3)
	x.workers(2, "mispelt")
	x.stops("node-unknown")
	x.workers(2, "gone", strings.ToUpper(x.servers()["default-worker"][w[0]]))
	p := x.plan(driver.IntentPresent, x.Row(t, heatstack.StackName(x.c)), false)
	if nodesOf(p) != w[0] || len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != "node-gone" {
		t.Errorf("%s, %+v", nodesOf(p), p.Diagnostics)
	}
	x.workers(3, "mispelt") // it asks for nothing
	if p := x.plan(driver.IntentPresent, x.Row(t, heatstack.StackName(x.c)), true); len(p.Steps)+len(p.Diagnostics) > 0 {
		t.Errorf("%+v", p)
	}
}

// stops plans, and expects an error of that code and no step.
func (x *teller) stops(code string) {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: x.c, Secrets: secrets(), Stack: &stack}
	p := x.d.Plan(in)
	for len(p.Need) > 0 {
		in.Parts = x.reads(stack, append(in.Parts.Read, p.Need...))
		p = x.d.Plan(in)
	}
	if len(p.Steps) > 0 || !slices.ContainsFunc(p.Diagnostics, func(d driver.Diagnostic) bool {
		return d.Code == code && d.Severity == driver.SeverityError && d.Remedy != ""
	}) {
		x.Errorf("want %s and nothing done, have %+v", code, p)
	}
}

// Nobody reaches the API of a private cluster: its nodes go as Heat takes them, or
// as they are named by server id.
func TestPrivateClustersScaleDownWithAWarning(t *testing.T) {
	x, w := scaled(t, 3, inside)
	x.api = nil
	ids := x.servers()["default-worker"]
	for _, c := range []struct {
		count int
		named []string
	}{{2, []string{ids[w[0]]}}, {1, nil}} {
		x.workers(c.count, c.named...)
		stack := x.Row(t, heatstack.StackName(x.c))
		p := x.plan(driver.IntentPresent, stack, false)
		if len(p.Steps) != 1 || len(p.Diagnostics) != 1 || p.Diagnostics[0].Code != "undrained" || p.Diagnostics[0].Severity != driver.SeverityWarning {
			t.Fatalf("%+v", p)
		}
		x.apply(p.Steps[0], p.Digest, stack)
		x.Settle(t, stack.Name)
		have := slices.Collect(maps.Values(x.servers()["default-worker"]))
		if len(have) != c.count || slices.Contains(have, ids[w[0]]) {
			t.Errorf("left are %q; %s was to go", have, ids[w[0]])
		}
	}
}

func TestWhomNobodyCanAsk(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*driver.Cluster)
		asked  bool
	}{
		"public":                     {func(*driver.Cluster) {}, true},
		"private":                    {inside, false},
		"adopted":                    {func(c *driver.Cluster) { c.AdoptedStack = "magnum-x" }, false},
		"iron":                       {func(c *driver.Cluster) { c.ServerType = "bm" }, false},
		"iron with a cloud provider": {all(func(c *driver.Cluster) { c.ServerType = "bm" }, set("cloud_provider_enabled", "true")), true},
	} {
		cluster := blue()
		c.change(&cluster)
		if why := (kubernetes.Driver{}).Unreachable(cluster); (why == "") != c.asked {
			t.Errorf("%s: %q", name, why)
		}
	}
}
