package heatstack_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// told are the outputs of a stack, as Heat shows them.
func told(parts driver.Parts, outputs map[string]any) driver.Parts {
	for name, v := range outputs {
		parts.Outputs[name], _ = json.Marshal(v)
	}
	return parts
}

// said tells a plan in words: codes of diagnostics, then the steps with the
// servers they are about.
func said(p driver.Plan) string {
	var out []string
	for _, d := range p.Diagnostics {
		out = append(out, d.Code)
	}
	for _, s := range p.Steps {
		var ids []string
		for _, n := range s.Nodes {
			ids = append(ids, n.ServerID)
		}
		slices.Sort(ids)
		out = append(out, map[driver.StepKind]string{driver.StepDrain: "drain", driver.StepUpdate: "update"}[s.Kind]+"("+strings.Join(ids, ",")+")")
	}
	return strings.Join(out, " ")
}

var read = []driver.Part{driver.PartOutputs, driver.PartNodes}

// Servers are a list, a map of members, or such a map below a key.
func TestServersAreAListOrAMap(t *testing.T) {
	byMember := map[string]any{"0": "s-0", "1": "s-1", "2": "s-2"}
	for name, c := range map[string]struct {
		servers string
		output  any
	}{
		"a list": {"node_servers", []string{"s-0", "s-1", "s-2"}},
		"a map":  {"node_servers", byMember},
		"deeper": {"node_servers.servers", map[string]any{"servers": byMember, "names": map[string]any{"0": "n-0"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w, g := newGrouped(t)
			g.change = func(s *heatstack.Stack) {
				s.Groups = map[string]heatstack.Group{"default-worker": {Count: "node_count", Remove: "nodes_to_remove", Servers: c.servers}}
			}
			w.c.NodeGroups[0].NodeCount = 1
			p := w.ask(told(w.parts(nil, known, read...), map[string]any{"node_servers": c.output}), "")
			if got := said(p); got != "drain(s-1,s-2) update(s-1,s-2)" {
				t.Errorf("%s: %+v", got, p)
			}
		})
	}
}

// withPool has besides a pool of nodes, which the stack tells of by an output.
func withPool(t *testing.T) (*world, *grouped) {
	t.Helper()
	w, g := newWorld(t), &grouped{}
	former := func(output string) (string, string) {
		pool, ok := strings.CutPrefix(output, "pool_")
		if !ok {
			return "", ""
		}
		return pool, output + ".servers"
	}
	g.change = func(s *heatstack.Stack) {
		s.Template += "  pool_gpu: {value: {servers: {get_attr: [nodes, refs_map]}}}\n"
		s.Former = former
	}
	w.d, w.secrets = heatstack.New(g, heatstack.WithTransport(w.sim.RoundTripper())), nil
	w.created()
	g.change = func(s *heatstack.Stack) { s.Former = former }
	return w, g
}

func TestGroupsThatGoAreEmptied(t *testing.T) {
	pool := map[string]any{"pool_gpu": map[string]any{"servers": map[string]any{"0": "s-7", "1": "s-8"}}}
	w, g := withPool(t)
	if p := w.ask(w.parts(nil, nil), ""); !slices.Equal(p.Need, read) {
		t.Fatalf("need %v, plans %s", p.Need, said(p))
	}
	g.chosen = func([]driver.Node) []driver.Node { t.Error("it is asked to choose where all go"); return nil }
	p := w.ask(told(w.parts(nil, []driver.Node{{Name: "gpu-0", ServerID: "s-7"}}, read...), pool), "")
	want := []driver.Node{{Name: "gpu-0", ServerID: "s-7", Group: "gpu"}, {ServerID: "s-8", Group: "gpu"}}
	if len(p.Steps) != 2 {
		t.Fatalf("%+v", p)
	}
	if diff := cmp.Diff(want, p.Steps[0].Nodes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	update := w.step(driver.Plan{Digest: p.Digest, Steps: p.Steps[1:]}, driver.IntentPresent, w.stack("prod--web"))
	update.Nodes = p.Steps[1].Nodes
	if r := w.apply(update); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	if got := w.parts(nil, nil).Parameters["nodes_to_remove"]; got != "" {
		t.Errorf("another group was told to remove %q", got)
	}
	if p := w.ask(w.parts(nil, nil), ""); said(p) != "" {
		t.Errorf("planned again: %s", said(p))
	}
}

func TestGroupsOfPrivateClustersGoWithAWarning(t *testing.T) {
	w, g := withPool(t)
	g.private = "it has no floating IP"
	p := w.ask(w.parts(nil, nil), "")
	if said(p) != "undrained update()" || p.Diagnostics[0].Summary != "nodes of gpu go without being emptied: it has no floating IP" {
		t.Errorf("%+v", p)
	}
}

// A stack that is older than the output loses nodes as Heat takes them, and the
// plan says so: nobody could say which they are, or wait until they can be asked.
func TestStacksThatDoNotTellTheirServers(t *testing.T) {
	w, g := newGrouped(t)
	g.change = func(s *heatstack.Stack) {
		s.Template += "  later: {value: {get_attr: [nodes, refs]}}\n"
		s.Groups = map[string]heatstack.Group{"default-worker": {Count: "node_count", Remove: "nodes_to_remove", Servers: "later"}}
	}
	w.c.NodeGroups[0].NodeCount = 2
	p := w.ask(w.parts(nil, nil), "")
	if said(p) != "undrained update()" || !strings.Contains(p.Diagnostics[0].Summary, "does not tell") {
		t.Errorf("need %v, %+v", p.Need, p)
	}
}

// What Heat was told to remove stays told until it has been removed.
func TestAFailedRemovalIsAskedAgain(t *testing.T) {
	const failed = "UPDATE_FAILED"
	for _, c := range []struct {
		name   string
		held   string // count that Heat was told
		told   string // whom to remove
		status string
		output any
		change func(*grouped)
		want   string
	}{
		{name: "Heat names no servers", held: "2", told: "s-1", status: failed, want: "update(s-1)"},
		{name: "Heat names them, and none is too many", held: "2", told: "s-1", status: failed, output: three[:2], want: "update()"},
		{name: "Heat names them, and one is too many", held: "2", told: "s-1", status: failed, output: three, want: "drain(s-2) update(s-2)"},
		{name: "a private cluster", held: "2", told: "s-1", status: failed, change: private, want: "update(s-1)"},
		{name: "more are wanted by now", held: "1", told: "s-1,s-2", status: failed, want: "update()"},
		{name: "fewer are wanted by now", held: "3", told: "s-1", status: failed, want: "undrained update(s-1)"},
		{name: "it was removed", held: "2", told: "s-1", status: "UPDATE_COMPLETE", want: "update()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, g := newGrouped(t)
			if c.change != nil {
				c.change(g)
			}
			w.c.NodeGroups[0].NodeCount, w.c.Flavor = 2, "big"
			parts := told(w.parts(nil, known, read...), map[string]any{"node_servers": c.output})
			parts.Parameters["node_count"], parts.Parameters["nodes_to_remove"] = c.held, c.told
			if got := said(w.ask(parts, c.status)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func private(g *grouped) { g.private = "it has no floating IP" }

// Nobody can be asked, but Heat knows servers by their ids.
func TestNamedNodesOfPrivateClusters(t *testing.T) {
	for _, c := range []struct {
		name  string
		named []string
		count int
		want  string
	}{
		{"by server id", []string{"S-0"}, 2, "undrained update(s-0)"},
		{"one of two that go", []string{"s-0"}, 1, "undrained update(s-0)"},
		{"more than go", []string{"s-0", "s-1"}, 2, "undrained update(s-0)"},
		{"by name, which nobody can tell", []string{"n-0"}, 2, "undrained node-unknown"},
		{"one that is gone, beside enough that are there", []string{"s-9", "s-0"}, 2, "undrained update(s-0)"},
		{"nothing is to go", []string{"s-0"}, 3, "update()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, g := newGrouped(t)
			private(g)
			w.c.NodeGroups[0].NodeCount, w.c.NodeGroups[0].NodesToRemove, w.c.Flavor = c.count, c.named, "big"
			g.about = func(d *driver.Description) {
				d.Attributes = append(d.Attributes, driver.Attribute{Name: "nodesToRemove", Effect: driver.EffectNone})
			}
			if c.count < 3 {
				if p := w.ask(w.parts(nil, nil), ""); !slices.Equal(p.Need, []driver.Part{driver.PartOutputs}) {
					t.Fatalf("need %v, %s", p.Need, said(p))
				}
			}
			if got := said(w.ask(w.parts(three, nil, driver.PartOutputs), "")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
