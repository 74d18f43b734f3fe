package kubernetes_test

import (
	"bytes"
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	yaml "go.yaml.in/yaml/v3"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/test/golden"
)

// seen is the live side of a golden plan, besides what the cluster's former
// document made of it.
type seen struct {
	Status     string
	Parameters map[string]string            // where Heat shows others than the document makes
	Servers    map[string]map[string]string // of each group, by index
	Nodes      []driver.Node
}

// TestGoldenPlans plans each testdata/plans/*.txtar: what the stack was made from
// (was.yaml, over the cluster blue), what it is like (live.yaml), what is wanted
// (wanted.yaml; "absent: true" alone for nothing), and the plan.
func TestGoldenPlans(t *testing.T) {
	golden.Run(t, "testdata/plans/*.txtar", 3, *update, func(t *testing.T, story map[string][]byte) []txtar.File {
		was, wanted := blue(), blue()
		var absent struct{ Absent bool }
		var live seen
		reads(t, story["was.yaml"], &was)
		reads(t, story["live.yaml"], &live)
		reads(t, story["wanted.yaml"], &absent)
		in := liveOf(t, was, live)
		if in.Intent, in.Cluster = driver.IntentPresent, wanted; absent.Absent {
			in.Intent, in.Cluster = driver.IntentAbsent, driver.Cluster{Fleet: was.Fleet, Name: was.Name}
		} else {
			reads(t, story["wanted.yaml"], &in.Cluster)
		}
		return []txtar.File{{Name: "want.plan", Data: []byte(planText(newDriver(), in))}}
	})
}

// reads YAML into what has the names of JSON, or those of Go in whatever case.
func reads(t *testing.T, text []byte, into any) {
	t.Helper()
	var v any
	err := yaml.Unmarshal(text, &v)
	if err == nil && v != nil {
		text, _ = json.Marshal(v)
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// liveOf is what an agent would give for the stack that a cluster was made as: of a
// simulated Heat, with the servers and nodes of the story.
func liveOf(t *testing.T, was driver.Cluster, live seen) driver.PlanInput {
	t.Helper()
	x := &teller{T: t, site: simulated(t), d: newDriver(), c: was}
	name := heatstack.StackName(was)
	x.does("create stack "+name, driver.EffectAdd)
	stack := x.Row(t, name)
	p := x.Parts(t, stack, nil)
	stack.Status, p.Nodes, p.Outputs, p.Resources = live.Status, live.Nodes, map[string]json.RawMessage{}, nil
	maps.Copy(p.Parameters, live.Parameters)
	for group, ids := range live.Servers {
		p.Outputs["group_"+group], _ = json.Marshal(map[string]any{"generation": "1", "servers": ids})
	}
	return driver.PlanInput{Secrets: secrets(), Parts: p, Stack: &stack}
}

// planText asks as the agent does, and writes what is asked and what comes of it.
func planText(d driver.Driver, in driver.PlanInput) string {
	var b bytes.Buffer
	p := d.Plan(in)
	for asked := 0; len(p.Need) > 0 && asked < 4; asked++ {
		fmt.Fprintln(&b, "needs", strings.Trim(fmt.Sprint(p.Need), "[]"))
		in.Parts.Read = append(slices.Clone(in.Parts.Read), p.Need...)
		p = d.Plan(in)
	}
	for _, d := range p.Diagnostics {
		fmt.Fprintf(&b, "%s\n", d)
	}
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "%s: %q -> %q (%s)\n", c.Path, c.From, c.To, c.Effect)
	}
	for _, s := range p.Steps {
		id, _, _ := strings.Cut(s.ID, "-")
		fmt.Fprintf(&b, "%s (%s, %s-): %s\n", s.Kind, s.Disruption, id, s.Title)
		for _, n := range s.Nodes {
			fmt.Fprintf(&b, "    %s of %s, server %s\n", stdcmp.Or(n.Name, "no node"), n.Group, n.ServerID)
		}
	}
	return b.String()
}
