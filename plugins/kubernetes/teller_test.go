package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
	"github.com/heatsync/heatsync/test/heatsite"
)

// teller carries out plans of one cluster.
type teller struct {
	*testing.T
	*site
	d   driver.Driver
	c   driver.Cluster
	api *nodestest.API // of the cluster; nil: nobody asks it
}

// plan asks as the agent does: again, with the parts that are needed.
func (x *teller) plan(intent driver.Intent, stack driver.Stack, deep bool) driver.Plan {
	x.Helper()
	in := driver.PlanInput{Intent: intent, Cluster: x.c, Secrets: secrets(), Deep: deep}
	if stack.ID != "" {
		in.Stack = &stack
	}
	p := x.d.Plan(in)
	for range 3 {
		if len(p.Need) > 0 {
			in.Parts = x.reads(stack, append(in.Parts.Read, p.Need...))
			p = x.d.Plan(in)
		}
	}
	if driver.HasErrors(p.Diagnostics) || len(p.Need) > 0 {
		x.Fatalf("plan: %+v", p)
	}
	return p
}

// does plans, expects one step of that title, carries it out and sees it through.
func (x *teller) does(title string, disruption driver.Effect) {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	p := x.plan(driver.IntentPresent, stack, true)
	if len(p.Steps) != 1 {
		x.Fatalf("want one step %q (%d), have %+v with changes %+v", title, disruption, p.Steps, p.Changes)
	}
	x.writes(p, title, disruption, stack)
}

// empties plans, expects that nodes are emptied before an update of that title,
// carries both out and gives the servers that went.
func (x *teller) empties(title string) []string {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	p := x.plan(driver.IntentPresent, stack, true)
	if len(p.Steps) != 2 || p.Steps[0].Kind != driver.StepDrain {
		x.Fatalf("want a drain and %q, have %+v with changes %+v", title, p.Steps, p.Changes)
	}
	x.rounds(p.Steps[0], p.Digest, stack)
	again := x.plan(driver.IntentPresent, stack, true)
	if diff := cmp.Diff(p, again); diff != "" {
		x.Errorf("after the drain another plan (-before +after):\n%s", diff)
	}
	before := x.having(servers)
	p.Steps = p.Steps[1:]
	x.writes(p, title, driver.EffectRemove, stack)
	after := x.having(servers)
	return slices.DeleteFunc(before, func(id string) bool { return slices.Contains(after, id) })
}

// writes carries out the write of a plan, and sees that then there is nothing to do.
func (x *teller) writes(p driver.Plan, title string, disruption driver.Effect, stack driver.Stack) {
	x.Helper()
	name := heatstack.StackName(x.c)
	if p.Steps[0].Title != title || p.Steps[0].Disruption != disruption {
		x.Fatalf("want one step %q (%d), have %+v with changes %+v", title, disruption, p.Steps, p.Changes)
	}
	if stack.ID != "" {
		x.previews(stack)
	}
	x.apply(p.Steps[0], p.Digest, stack)
	after := x.Settle(x.T, name)
	x.join()
	if !strings.HasSuffix(after.Status, "_COMPLETE") {
		x.Fatalf("after %q the stack is %s: %s", title, after.Status, after.StatusReason)
	}
	for _, deep := range []bool{false, true} {
		if p := x.plan(driver.IntentPresent, after, deep); len(p.Steps) != 0 {
			x.Fatalf("after %q (deep %v) there is still to do %+v for %+v", title, deep, p.Steps, p.Changes)
		}
	}
}

// previews asks Heat what the update would do. What it says is Heat's business;
// that it says something, and nothing of a network replaced, is ours.
func (x *teller) previews(stack driver.Stack) {
	x.Helper()
	report, err := x.d.(driver.Previewer).Preview(x.Context(), driver.PreviewInput{Cluster: x.c, Stack: stack, Secrets: secrets(), Credential: x.Credential})
	if err != nil {
		x.Fatal(err)
	}
	for _, c := range report.Changes {
		x.Logf("preview (nested %v): %s %s, effect %d", report.Nested, c.Resource, c.Type, c.Effect)
		if c.Effect == driver.EffectReplace && strings.HasPrefix(c.Type, "OS::Neutron::") {
			x.Errorf("the preview replaces %s", c.Resource)
		}
	}
}

func (x *teller) apply(step driver.Step, digest string, stack driver.Stack) {
	x.Helper()
	if r := x.applied(step, digest, stack); r.Verdict != driver.Accepted {
		x.Fatalf("%s: %+v", step.Title, r)
	}
}

// rounds carries out those of a step that empties or cleans, until it has ended.
func (x *teller) rounds(step driver.Step, digest string, stack driver.Stack) {
	x.Helper()
	for range 5 {
		r := x.applied(step, digest, stack)
		if r.Verdict != driver.Accepted {
			x.Fatalf("%s: %+v", step.Title, r)
		}
		if !r.Pending {
			return
		}
	}
	x.Fatalf("%s does not end", step.Title)
}

// applied carries out a step, or a round of one.
func (x *teller) applied(step driver.Step, digest string, stack driver.Stack) driver.Result {
	x.Helper()
	name := heatstack.StackName(x.c)
	in := driver.ApplyInput{
		Step: step.ID, Kind: step.Kind, Intent: driver.IntentPresent, Cluster: x.c, StackName: name, StackID: stack.ID,
		Tags: []string{
			"heatsync", "heatsync.fleet=" + x.c.Fleet, "heatsync.cluster=" + x.c.Name,
			"heatsync.driver=kubernetes", "heatsync.spec=" + digest,
		},
		Digest: digest, Credential: x.Credential, Secrets: valued(), Nodes: step.Nodes,
		Precondition: driver.Precondition{Absent: stack.ID == "", ID: stack.ID, Status: stack.Status, Digest: heatsite.Digest(stack), Updated: stack.Updated},
	}
	if digest == "" {
		in.Intent = driver.IntentAbsent
	}
	if x.api != nil {
		in.API = x.api.Access
	}
	return x.d.Apply(x.Context(), in, func(line string) { x.Log(line) })
}

// having gives the ids of the cluster's things of one type.
func (x *teller) having(kind string) []string {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	all, err := x.Client.Resources(x.Context(), heat.Ref{Name: stack.Name, ID: stack.ID}, 5, heat.ResourceFilter{Type: []string{kind}})
	if err != nil {
		x.Fatal(err)
	}
	var ids []string
	for _, r := range all {
		if r.Type == kind { // Heat's own filter also gives types that begin so (Heat 19)
			ids = append(ids, r.PhysicalID)
		}
	}
	slices.Sort(ids)
	return ids
}

// gone deletes the stack by a plan and sees that it goes.
func (x *teller) gone(name string) {
	x.Helper()
	stack := x.Row(x.T, name)
	p := x.plan(driver.IntentAbsent, stack, false)
	if len(p.Steps) != 2 || p.Steps[0].Kind != driver.StepDrain || p.Steps[1].Kind != driver.StepDelete {
		x.Fatalf("want a clean and a delete, have %+v", p)
	}
	x.rounds(p.Steps[0], p.Digest, stack)
	x.apply(p.Steps[1], p.Digest, stack)
	if after := x.Settle(x.T, name); after.ID != "" {
		x.Fatalf("after the delete the stack is %s: %s", after.Status, after.StatusReason)
	}
	if p := x.plan(driver.IntentAbsent, driver.Stack{}, false); len(p.Steps) != 0 {
		x.Fatalf("after the delete there is still to do %+v", p)
	}
}
