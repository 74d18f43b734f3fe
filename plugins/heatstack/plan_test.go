package heatstack_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// TestPlanByStatus goes through what a stack's status means for a plan, with the
// digest that is wanted and with another.
func TestPlanByStatus(t *testing.T) {
	w := newWorld(t)
	stack := *w.created()
	read := func(in driver.PlanInput) string {
		p := w.plan(in)
		switch {
		case driver.HasErrors(p.Diagnostics):
			return "error " + p.Diagnostics[len(p.Diagnostics)-1].Code
		case len(p.Steps) == 0:
			return "nothing"
		}
		return p.Steps[0].Title
	}
	old := "heatsync.spec=1-00000000000000000000000000000000"
	const name = "prod--web"
	for _, c := range []struct {
		status             string
		same, other, hangs string
		absent             string
	}{
		{"CREATE_COMPLETE", "nothing", "update stack " + name + ": FILES", "", "delete stack " + name},
		{"UPDATE_COMPLETE", "nothing", "update stack " + name + ": FILES", "", "delete stack " + name},
		{"CREATE_IN_PROGRESS", "nothing", "update stack " + name + ": FILES", "update stack " + name + " again, it hangs in CREATE_IN_PROGRESS", "delete stack " + name},
		{"UPDATE_IN_PROGRESS", "nothing", "update stack " + name + ": FILES", "update stack " + name + " again, it hangs in UPDATE_IN_PROGRESS", "delete stack " + name},
		{"CREATE_FAILED", "update stack " + name + " again after CREATE_FAILED", "update stack " + name + " again after CREATE_FAILED: FILES", "", "delete stack " + name},
		{"UPDATE_FAILED", "update stack " + name + " again after UPDATE_FAILED", "update stack " + name + " again after UPDATE_FAILED: FILES", "", "delete stack " + name},
		{"ROLLBACK_COMPLETE", "update stack " + name + " again, ROLLBACK_COMPLETE proves nothing", "update stack " + name + " again, ROLLBACK_COMPLETE proves nothing: FILES", "", "delete stack " + name},
		{"CHECK_COMPLETE", "update stack " + name + " again, CHECK_COMPLETE proves nothing", "update stack " + name + " again, CHECK_COMPLETE proves nothing: FILES", "", "delete stack " + name},
		{"RESUME_COMPLETE", "update stack " + name + " again, RESUME_COMPLETE proves nothing", "update stack " + name + " again, RESUME_COMPLETE proves nothing: FILES", "", "delete stack " + name},
		{"SUSPEND_COMPLETE", "error suspended", "error suspended", "", "delete stack " + name},
		{"DELETE_IN_PROGRESS", "nothing", "nothing", "error conflict", "nothing"},
		{"DELETE_FAILED", "error conflict", "error conflict", "", "delete stack " + name + " again after DELETE_FAILED"},
		{"DELETE_COMPLETE", "nothing", "nothing", "", "nothing"},
	} {
		t.Run(c.status, func(t *testing.T) {
			s := stack
			s.Status = c.status
			compare(t, "same digest", c.same, read(driver.PlanInput{Intent: driver.IntentPresent, Stack: &s}))
			if c.hangs != "" {
				compare(t, "recover", c.hangs, read(driver.PlanInput{Intent: driver.IntentPresent, Stack: &s, Recover: true}))
			}
			compare(t, "absent", c.absent, read(driver.PlanInput{Intent: driver.IntentAbsent, Stack: &s}))
			s.Tags = append([]string{old}, s.Tags[:4]...)
			got, _, _ := strings.Cut(read(driver.PlanInput{Intent: driver.IntentPresent, Stack: &s}), ": files")
			compare(t, "other digest", strings.TrimSuffix(c.other, ": FILES"), got)
		})
	}
}

func compare(t *testing.T, what, want, got string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\nwant %s\nhave %s", what, want, got)
	}
}

// TestChangesSpeakTheDocumentsWords changes one thing of the cluster at a time.
func TestChangesSpeakTheDocumentsWords(t *testing.T) {
	w := newWorld(t)
	stack := w.created()
	for _, c := range []struct {
		name    string
		change  func(*driver.Cluster)
		want    []driver.Change
		title   string
		refused string
	}{
		{
			"attribute", func(c *driver.Cluster) { c.Flavor = "big" },
			[]driver.Change{{Path: "flavor", From: "small", To: "big", Effect: driver.EffectReboot}},
			"update stack prod--web: flavor small -> big (resize, reboots the server)", "",
		},
		{
			"label", func(c *driver.Cluster) { c.Labels = labels("colour", "blue") },
			[]driver.Change{{Path: "labels.colour", From: "red", To: "blue", Effect: driver.EffectInPlace}},
			"update stack prod--web: labels.colour red -> blue (in place)", "",
		},
		{
			"count down", func(c *driver.Cluster) { c.NodeGroups = []driver.NodeGroup{{Name: "default-worker", IsDefault: true}} },
			[]driver.Change{{Path: "nodeCount", From: "1", To: "0", Effect: driver.EffectRemove}},
			"update stack prod--web: nodeCount 1 -> 0 (removes)", "",
		},
		{
			"worst of two", func(c *driver.Cluster) { c.Flavor, c.Labels = "big", labels("colour", "blue") },
			[]driver.Change{
				{Path: "labels.colour", From: "red", To: "blue", Effect: driver.EffectInPlace},
				{Path: "flavor", From: "small", To: "big", Effect: driver.EffectReboot},
			},
			"update stack prod--web: flavor small -> big (resize, reboots the server); labels.colour red -> blue (in place)", "",
		},
		{
			"refused", func(c *driver.Cluster) { c.Keypair = "dev" },
			[]driver.Change{{Path: "keypair", From: "ops", To: "dev", Effect: driver.EffectRefused}},
			"", `write "ops" again, or make a new cluster with the new value and delete this one`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.c = cluster()
			c.change(&w.c)
			p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: stack})
			if diff := cmp.Diff(c.want, p.Changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if c.refused != "" {
				if len(p.Steps) != 0 || len(p.Diagnostics) != 1 || p.Diagnostics[0].Remedy != c.refused || p.Diagnostics[0].Path != "keypair" {
					t.Errorf("refused: %+v", p)
				}
				return
			}
			if len(p.Steps) != 1 || p.Steps[0].Title != c.title || p.Steps[0].Disruption != c.want[len(c.want)-1].Effect {
				t.Errorf("steps %+v, want %q", p.Steps, c.title)
			}
		})
	}
}

// TestDriverUpgrade changes the render while the document stays.
func TestDriverUpgrade(t *testing.T) {
	w := newWorld(t)
	w.with(func(s *heatstack.Stack) { s.Files = map[string]string{"boot.sh": "one"} })
	stack := w.created()
	for _, c := range []struct {
		name   string
		change func(*heatstack.Stack)
		want   []driver.Change
	}{
		{
			"a harmless resource", func(s *heatstack.Stack) {
				s.Template = strings.Replace(s.Template, "{config: {get_param: token}}", "{config: {get_param: token}, group: ungrouped}", 1)
			},
			[]driver.Change{{Path: "template.resources.boot.properties.group", To: `"ungrouped"`, Effect: driver.EffectInPlace}},
		},
		{
			"any other resource", func(s *heatstack.Stack) { s.Template = strings.Replace(s.Template, "' '", "'-'", 1) },
			[]driver.Change{{
				Path: "template.resources.server.properties.value.list_join",
				From: `[" ",[{"get_param":"flavor"},{"get_param":"colour"}]]`, To: `["-",[{"get_param":"flavor"},{"get_param":"colour"}]]`,
				Effect: driver.EffectReplace,
			}},
		},
		{
			"a resource more", func(s *heatstack.Stack) {
				s.Template = strings.Replace(s.Template, "resources:\n", "resources:\n  more: {type: OS::Heat::None}\n", 1)
			},
			[]driver.Change{{Path: "template.resources.more", To: "OS::Heat::None", Effect: driver.EffectAdd}},
		},
		{
			"a file", func(s *heatstack.Stack) { s.Files["boot.sh"] = "two" },
			[]driver.Change{{Path: "files", Effect: driver.EffectReplace}},
		},
		{
			"a file and a parameter", func(s *heatstack.Stack) { s.Files["boot.sh"], s.Parameters["colour"] = "two", "blue" },
			[]driver.Change{
				{Path: "labels.colour", From: "red", To: "blue", Effect: driver.EffectInPlace},
				{Path: "files", Effect: driver.EffectReplace},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.with(func(s *heatstack.Stack) {
				s.Files = map[string]string{"boot.sh": "one"}
				c.change(s)
			})
			p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: stack})
			for i := range p.Changes {
				if p.Changes[i].Path == "files" {
					p.Changes[i].From, p.Changes[i].To = "", "" // digests
				}
			}
			if diff := cmp.Diff(c.want, p.Changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDriftIsPutRight meddles with a stack and lets the plan find and mend it.
func TestDriftIsPutRight(t *testing.T) {
	for _, c := range []struct {
		name  string
		patch heat.Patch
		deep  bool
		title string
	}{
		{"parameter", heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"colour": "green"}}}, true, "put right stack prod--web: labels.colour green -> red (in place)"},
		{"tag gone", heat.Patch{Tags: heatTags(t, slices.Delete(tags(toyDigest(t)), 2, 3)...)}, false, "put right stack prod--web: tag heatsync.cluster=web is missing"},
		{"tag more", heat.Patch{Tags: heatTags(t, append(tags(toyDigest(t)), "heatsync.fleet=dev", "theirs")...)}, true, "tag heatsync.fleet=dev is not ours"},
		{"template", heat.Patch{Spec: heat.Spec{Template: []byte(`"heat_template_version: '2018-08-31'\ndescription: mine\n"`)}}, true, "template.resources.boot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			stack := w.created()
			err := w.client.Patch(t.Context(), heat.Ref{Name: stack.Name, ID: stack.ID}, c.patch)
			if err != nil {
				t.Fatal(err)
			}
			w.sim.Settle()
			p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: w.stack(stack.Name), Deep: c.deep})
			if len(p.Steps) != 1 || !strings.Contains(p.Steps[0].Title, c.title) {
				t.Fatalf("want %q, have %+v", c.title, p)
			}
			if r := w.apply(w.step(p, driver.IntentPresent, w.stack(stack.Name))); r.Verdict != driver.Accepted {
				t.Fatalf("%+v", r)
			}
			w.sim.Settle()
			now := w.stack(stack.Name)
			if p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: now, Deep: true}); len(p.Steps) != 0 {
				t.Errorf("still to do: %+v", p)
			}
			if diff := cmp.Diff(sorted(stack.Tags), sorted(now.Tags)); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDeepNeedsAndFacts holds what a deep plan asks for and what it tells.
func TestDeepNeedsAndFacts(t *testing.T) {
	w := newWorld(t)
	stack := w.created()
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: w.c, Secrets: join, Stack: stack, Deep: true}
	want := []driver.Part{driver.PartShow, driver.PartTemplate, driver.PartResources, driver.PartOutputs}
	if diff := cmp.Diff(driver.Plan{Need: want}, w.d.Plan(in)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	in.Deep = false
	in.Parts = driver.Parts{Read: want, Outputs: map[string]json.RawMessage{"address": json.RawMessage(`"small red"`)}}
	if got := w.d.Plan(in).Facts; !got.Known || got.APIAddress != "small red" {
		t.Errorf("%+v", got)
	}
}

// TestFactsOfSeveralOutputs: an author's own reading goes before the two outputs.
func TestFactsOfSeveralOutputs(t *testing.T) {
	w := newWorld(t)
	stack := w.created()
	w.d = heatstack.New(toy{change: func(s *heatstack.Stack) {
		s.APIAddress = ""
		s.Facts = func(p driver.Parts) driver.Facts {
			nodes := heatstack.Texts(p, "some")
			return driver.Facts{APIAddress: "at " + heatstack.Output(p, "address"), NodesLive: len(nodes)}
		}
	}})
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: w.c, Secrets: join, Stack: stack, Deep: true}
	need := w.d.Plan(in).Need
	if !slices.Contains(need, driver.PartOutputs) {
		t.Errorf("needs %v, not the outputs", need)
	}
	in.Parts = driver.Parts{Read: need, Outputs: map[string]json.RawMessage{
		"address": json.RawMessage(`"small red"`), "some": json.RawMessage(`["a", null, "", "b"]`), "none": json.RawMessage(`null`),
	}}
	if got, want := w.d.Plan(in).Facts, (driver.Facts{Known: true, APIAddress: "at small red", NodesLive: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	in.Parts.Read = need[:1]
	if got := w.d.Plan(in).Facts; got.Known {
		t.Errorf("outputs were not read, and they tell %+v", got)
	}
}

// TestAnotherDriversStackIsLeftAlone.
func TestAnotherDriversStackIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	stack := *w.created()
	stack.Tags = []string{"heatsync", "heatsync.fleet=prod", "heatsync.cluster=web", "heatsync.driver=other", "heatsync.spec=1-00000000000000000000000000000000"}
	p := w.plan(driver.PlanInput{Intent: driver.IntentPresent, Stack: &stack})
	if len(p.Steps) != 0 || !driver.HasErrors(p.Diagnostics) || p.Diagnostics[0].Code != "conflict" {
		t.Errorf("%+v", p)
	}
}

func toyDigest(t *testing.T) string {
	t.Helper()
	return heatstack.New(toy{}).Render(driver.RenderInput{Cluster: cluster(), Secrets: join}).Digest
}

func heatTags(t *testing.T, of ...string) heat.Tags {
	t.Helper()
	tags, err := heat.NewTags(of...)
	if err != nil {
		t.Fatal(err)
	}
	return tags
}
