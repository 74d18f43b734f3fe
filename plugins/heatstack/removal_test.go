package heatstack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// grouped is the toy with a group of nodes that are emptied before they go.
type grouped struct {
	toy
	private string
	about   func(*driver.Description)
	chosen  func([]driver.Node) []driver.Node // nil: the last ones
	waits   []string
	fault   *driver.Fault
	rounds  []driver.ApplyInput
	held    map[string]string // what the last clean was told of the stack
}

const groupedTemplate = `
heat_template_version: '2018-08-31'
parameters:
  flavor: {type: string}
  node_count: {type: number}
  colour: {type: string, default: red}
  keypair: {type: string, default: ''}
  nodes_to_remove: {type: comma_delimited_list, default: []}
resources:
  server:
    type: OS::Heat::TestResource
    properties: {value: {list_join: [' ', [{get_param: flavor}, {get_param: colour}]]}}
  nodes:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: node_count}
      removal_policies: [{resource_list: {get_param: nodes_to_remove}}]
      resource_def: {type: OS::Heat::TestResource, properties: {value: {get_param: keypair}}}
outputs:
  address: {value: {get_attr: [server, output]}}
  node_servers: {value: {get_attr: [nodes, refs]}}
`

func (g *grouped) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	s, ds := g.toy.Render(in)
	s.Template, s.Secrets = groupedTemplate, nil
	s.Groups = map[string]heatstack.Group{"default-worker": {Count: "node_count", Remove: "nodes_to_remove", Servers: "node_servers"}}
	if g.change != nil {
		g.change(&s)
	}
	return s, ds
}

func (g *grouped) Describe() driver.Description {
	d := g.toy.Describe()
	d.Secrets = nil
	if g.about != nil {
		g.about(&d)
	}
	return d
}

func (g *grouped) Unreachable(driver.Cluster) string { return g.private }

func (g *grouped) Choose(_ driver.Cluster, _ string, nodes []driver.Node, count int) ([]driver.Node, []driver.Diagnostic) {
	if g.chosen != nil {
		return g.chosen(nodes), nil
	}
	slices.SortFunc(nodes, func(a, b driver.Node) int { return strings.Compare(b.ServerID, a.ServerID) })
	return nodes[:count], nil
}

func (g *grouped) Drain(_ context.Context, in driver.ApplyInput) ([]string, *driver.Fault) {
	g.rounds = append(g.rounds, in)
	return g.waits, g.fault
}

func (g *grouped) Clean(_ context.Context, in driver.ApplyInput, held map[string]string) ([]string, *driver.Fault) {
	g.rounds, g.held = append(g.rounds, in), held
	return g.waits, g.fault
}

func newGrouped(t *testing.T) (*world, *grouped) {
	t.Helper()
	w, g := newWorld(t), &grouped{}
	w.d = heatstack.New(g, heatstack.WithTransport(w.sim.RoundTripper()))
	w.secrets = nil
	w.c.NodeGroups[0].NodeCount = 3
	w.created()
	return w, g
}

// parts gives what an agent would read; the nodes are those of the cluster.
func (w *world) parts(ids []string, nodes []driver.Node, also ...driver.Part) driver.Parts {
	w.Helper()
	s := w.stack("prod--web")
	ref := heat.Ref{Name: s.Name, ID: s.ID}
	shown, err := w.client.Show(w.Context(), ref, false)
	if err != nil {
		w.Fatal(err)
	}
	template, err := w.client.Template(w.Context(), ref)
	if err != nil {
		w.Fatal(err)
	}
	servers, _ := json.Marshal(ids)
	return driver.Parts{
		Read:        append([]driver.Part{driver.PartShow, driver.PartTemplate}, also...),
		Description: shown.Description, Parameters: shown.Parameters, Template: template,
		Outputs: map[string]json.RawMessage{"node_servers": servers, "address": json.RawMessage(`"x"`)}, Nodes: nodes,
	}
}

func (w *world) ask(parts driver.Parts, status string) driver.Plan {
	w.Helper()
	s := w.stack("prod--web")
	if status != "" {
		s.Status = status
	}
	return w.d.Plan(driver.PlanInput{Intent: driver.IntentPresent, Cluster: w.c, Stack: s, Parts: parts})
}

var (
	three = []string{"s-0", "s-1", "s-2"}
	known = []driver.Node{
		{Name: "n-0", ServerID: "S-0", Group: "default-worker", Ready: true},
		{Name: "n-1", ServerID: "s-1", Group: "default-worker", Ready: true},
		{Name: "m-0", ServerID: "m-0", Group: "default-worker", Ready: true}, // says so, and Heat does not
	}
)

func TestNodesAreEmptiedBeforeTheyGo(t *testing.T) {
	w, g := newGrouped(t)
	w.c.NodeGroups[0].NodeCount = 1
	if p := w.ask(w.parts(three, nil), ""); !slices.Equal(p.Need, []driver.Part{driver.PartOutputs, driver.PartNodes}) {
		t.Fatalf("need %v", p.Need)
	}
	p := w.ask(w.parts(three, known, driver.PartOutputs, driver.PartNodes), "")
	want := []driver.Node{{ServerID: "s-2", Group: "default-worker"}, {Name: "n-1", ServerID: "s-1", Group: "default-worker"}}
	if len(p.Steps) != 2 || p.Steps[0].Kind != driver.StepDrain || p.Steps[1].Kind != driver.StepUpdate {
		t.Fatalf("%+v", p)
	}
	for _, s := range p.Steps {
		if diff := cmp.Diff(want, s.Nodes); diff != "" {
			t.Errorf("%s: -want +got\n%s", s.Title, diff)
		}
	}
	if p.Steps[0].Title != "empty nodes n-1, server s-2 before they go" {
		t.Error(p.Steps[0].Title)
	}

	live := w.stack("prod--web")
	drain := w.step(driver.Plan{Digest: p.Digest, Steps: p.Steps[:1]}, driver.IntentPresent, live)
	drain.Nodes = p.Steps[0].Nodes
	g.waits = []string{"default/db: its budget"}
	before := w.sim.Writes()
	if r := w.apply(drain); r.Verdict != driver.Accepted || !r.Pending || r.WaitsFor != "default/db: its budget" {
		t.Errorf("%+v", r)
	}
	g.waits = nil
	if r := w.apply(drain); r.Verdict != driver.Accepted || r.Pending {
		t.Errorf("%+v", r)
	}
	g.fault = &driver.Fault{Code: "dependency", Who: "author", Summary: "stalled"}
	if r := w.apply(drain); r.Verdict != driver.Refused || r.Fault != *g.fault {
		t.Errorf("%+v", r)
	}
	if n := w.sim.Writes() - before; n != 0 || len(g.rounds) != 3 || len(g.rounds[0].Nodes) != 2 {
		t.Errorf("%d writes, rounds %+v", n, g.rounds)
	}
	drain.Precondition.Status = "UPDATE_COMPLETE"
	if r := w.apply(drain); r.Verdict != driver.Stale || len(g.rounds) != 3 {
		t.Errorf("%+v", r)
	}

	update := w.step(driver.Plan{Digest: p.Digest, Steps: p.Steps[1:]}, driver.IntentPresent, live)
	update.Nodes = p.Steps[1].Nodes
	if r := w.apply(update); r.Verdict != driver.Accepted {
		t.Fatalf("%+v", r)
	}
	w.sim.Settle()
	parts := w.parts([]string{"s-0"}, nil)
	if got := parts.Parameters["nodes_to_remove"]; got != "s-2,s-1" {
		t.Errorf("Heat was told to remove %q", got)
	}
	// What went once is neither drift nor part of what is wanted.
	s := w.stack("prod--web")
	if again := w.d.Plan(driver.PlanInput{Intent: driver.IntentPresent, Cluster: w.c, Stack: s, Deep: true, Parts: w.parts([]string{"s-0"}, nil, driver.PartResources, driver.PartOutputs)}); len(again.Steps)+len(again.Changes)+len(again.Need) != 0 {
		t.Errorf("planned again: %+v", again)
	}
	w.c.Flavor = "big"
	again := w.ask(w.parts([]string{"s-0"}, nil), "")
	if len(again.Changes) != 1 || again.Changes[0].Path != "flavor" || len(again.Steps) != 1 {
		t.Errorf("another change: %+v", again)
	}
}

func TestWhichUpdatesDrain(t *testing.T) {
	const resumed = "UPDATE_FAILED"
	for _, c := range []struct {
		name   string
		count  int
		status string
		change func(*grouped)
		ids    []string
		parts  []driver.Part
		want   string // kinds of steps, or needs, or codes
	}{
		{name: "more nodes", count: 5, ids: three, want: "update"},
		{name: "fewer nodes", count: 2, ids: three, parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, want: "drain update"},
		{name: "outputs are known", count: 2, ids: three, parts: []driver.Part{driver.PartOutputs}, want: "need nodes"},
		{name: "fewer servers than Heat counts", count: 2, ids: three[:2], parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, want: "update"},
		{name: "a private cluster", count: 2, ids: three, change: func(g *grouped) { g.private = "it has no floating IP" }, want: "undrained update"},
		{name: "a failed update of which nodes may be left", count: 3, status: resumed, ids: append(three, "s-3"), want: "need outputs"},
		{name: "a failed update that left one", count: 3, status: resumed, ids: append(three, "s-3"), parts: []driver.Part{driver.PartOutputs}, want: "need nodes"},
		{name: "a failed update that left one, nodes known", count: 3, status: resumed, ids: append(three, "s-3"), parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, want: "drain update"},
		{name: "a failed update that left none", count: 3, status: resumed, ids: three, parts: []driver.Part{driver.PartOutputs}, want: "update"},
		{name: "a driver that chooses a stranger", count: 2, ids: three, parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, change: func(g *grouped) {
			g.chosen = func([]driver.Node) []driver.Node { return []driver.Node{{ServerID: "m-0"}} }
		}, want: "driver-template"},
		{name: "a driver that chooses too many", count: 2, ids: three, parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, change: func(g *grouped) {
			g.chosen = func(n []driver.Node) []driver.Node { return n }
		}, want: "driver-template"},
		{name: "a driver that chooses one twice", count: 1, ids: three, parts: []driver.Part{driver.PartOutputs, driver.PartNodes}, change: func(g *grouped) {
			g.chosen = func(n []driver.Node) []driver.Node { return []driver.Node{n[0], n[0]} }
		}, want: "driver-template"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, g := newGrouped(t)
			if c.change != nil {
				c.change(g)
			}
			w.c.NodeGroups[0].NodeCount = c.count
			p := w.ask(w.parts(c.ids, known, c.parts...), c.status)
			var got []string
			for _, n := range p.Need {
				got = append(got, "need "+map[driver.Part]string{driver.PartOutputs: "outputs", driver.PartNodes: "nodes"}[n])
			}
			for _, d := range p.Diagnostics {
				got = append(got, d.Code)
			}
			for _, s := range p.Steps {
				got = append(got, map[driver.StepKind]string{driver.StepDrain: "drain", driver.StepUpdate: "update"}[s.Kind])
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q: %+v", got, c.want, p)
			}
		})
	}
}

func TestCleanComesBeforeDelete(t *testing.T) {
	w, g := newGrouped(t)
	live := w.stack("prod--web")
	p := w.d.Plan(driver.PlanInput{Intent: driver.IntentAbsent, Cluster: driver.Cluster{Fleet: "prod", Name: "web"}, Stack: live})
	if len(p.Steps) != 2 || p.Steps[0].Kind != driver.StepDrain || p.Steps[1].Kind != driver.StepDelete {
		t.Fatalf("%+v", p)
	}
	clean := w.step(driver.Plan{Steps: p.Steps[:1]}, driver.IntentAbsent, live)
	clean.Cluster, clean.Digest = driver.Cluster{Fleet: "prod", Name: "web"}, ""
	g.waits = []string{"load balancer"}
	if r := w.apply(clean); r.Verdict != driver.Accepted || !r.Pending || g.held["flavor"] != "small" {
		t.Errorf("%+v, told of %v", r, g.held)
	}
	w.script.Add(heatsim.Rule{Method: http.MethodGet, Path: "/stacks/*/*", Effect: heatsim.Refuse(http.StatusServiceUnavailable)})
	if r := w.apply(clean); r.Verdict != driver.Refused || !r.Fault.Transient || len(g.rounds) != 1 {
		t.Errorf("a stack that cannot be read is cleaned: %+v", r)
	}
	w.script.Clear()
	clean.StackName = "prod--other"
	if r := w.apply(clean); r.Verdict != driver.Stale || len(g.rounds) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAuthorsWithoutDrainsRefuseThem(t *testing.T) {
	w := newWorld(t)
	w.created()
	in := w.nextAs(driver.StepDrain)
	if r := w.apply(in); r.Verdict != driver.Refused || r.Fault.Code != "driver" {
		t.Errorf("%+v", r)
	}
}

func (w *world) nextAs(kind driver.StepKind) driver.ApplyInput {
	w.Helper()
	w.c.Flavor = "big"
	in := w.next()
	in.Kind = kind
	return in
}

func TestGroupsAreHeldToTheTemplate(t *testing.T) {
	for name, g := range map[string]heatstack.Group{
		"count":   {Count: "none", Remove: "nodes_to_remove", Servers: "node_servers"},
		"remove":  {Count: "node_count", Remove: "colour", Servers: "node_servers"},
		"servers": {Count: "node_count", Remove: "nodes_to_remove", Servers: "none"},
	} {
		d := heatstack.New(&grouped{toy: toy{change: func(s *heatstack.Stack) { s.Groups = map[string]heatstack.Group{"default-worker": g} }}})
		r := d.Render(driver.RenderInput{Cluster: cluster()})
		if !driver.HasErrors(r.Diagnostics) {
			t.Errorf("%s: it renders", name)
		}
	}
}
