package docker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/test/heatsite"
)

func TestStoryOnHeatsim(t *testing.T) { story(t, simulated(t)) }

func TestStoryOnHeat(t *testing.T) { story(t, realCloud(t)) }

// teller carries out plans of one cluster.
type teller struct {
	*testing.T
	*site
	d driver.Driver
	c driver.Cluster
}

// story leads one cluster through its life. After each step, planning again
// finds nothing to do.
func story(t *testing.T, s *site) {
	c := web()
	c.Fleet, c.Image, c.ExternalNetwork, c.Keypair = "story", s.Image, s.External, s.Keypair
	c.DockerVolumeSizeGiB = 1
	x := &teller{t, s, docker.New(), c}
	name := heatstack.StackName(c)
	t.Cleanup(func() { x.Clear(x.T, name) })

	x.does("create stack "+name, driver.EffectAdd)
	x.wants(driver.Facts{Known: true, NodesLive: 1})

	x.c.Labels = map[string]string{"published_ports": "80,443"}
	x.does("update stack "+name+": labels.published_ports -> 80,443 (in place)", driver.EffectInPlace)

	x.c.Labels["docker_log_max_size"] = "10m"
	x.does("update stack "+name+": labels.docker_log_max_size 50m -> 10m (nothing that runs notices)", driver.EffectNone)

	servers := x.having("OS::Nova::Server")
	x.c.Flavor = "m1.medium"
	x.does("update stack "+name+": flavor m1.small -> m1.medium (resize, reboots the servers)", driver.EffectReboot)
	if diff := cmp.Diff(servers, x.having("OS::Nova::Server")); diff != "" {
		t.Errorf("the resize made other servers (-before +after):\n%s", diff)
	}

	x.scale(3)
	x.does("update stack "+name+": nodeCount 1 -> 3 (adds)", driver.EffectAdd)
	x.wants(driver.Facts{Known: true, NodesLive: 3})
	if now := x.having("OS::Nova::Server"); !slices.Contains(now, servers[0]) || len(now) != 3 {
		t.Errorf("after the scale-up the servers are %q, before %q", now, servers)
	}
	x.scale(0)
	x.does("update stack "+name+": nodeCount 3 -> 0 (removes)", driver.EffectRemove)
	x.wants(driver.Facts{Known: true})
	x.scale(1)
	x.does("update stack "+name+": nodeCount 0 -> 1 (adds)", driver.EffectAdd)

	servers = x.having("OS::Nova::Server")
	volumes := x.having("OS::Cinder::Volume")
	address := x.address()
	x.c.Image = s.Other
	x.does("update stack "+name+": image "+s.Image+" -> "+s.Other+" (replaces the servers; volumes stay)", driver.EffectReplace)
	if now := x.having("OS::Nova::Server"); len(now) != 1 || now[0] == servers[0] {
		t.Errorf("another image, and the servers are %q, before %q", now, servers)
	}
	if diff := cmp.Diff(append(volumes, address), append(x.having("OS::Cinder::Volume"), x.address())); diff != "" {
		t.Errorf("another image gives another volume or address (-before +after):\n%s", diff)
	}

	x.meddle(map[string]any{"published_ports": "22222"})
	x.does("put right stack "+name+": labels.published_ports 22222 -> 80,443 (in place)", driver.EffectInPlace)

	x.c = driver.Cluster{Fleet: x.c.Fleet, Name: x.c.Name}
	x.gone(name)
}

func (x *teller) scale(n int) { x.c.NodeGroups = []driver.NodeGroup{worker(n)} }

// plan asks as the agent does: again, with the parts that are needed.
func (x *teller) plan(intent driver.Intent, stack driver.Stack, deep bool) driver.Plan {
	x.Helper()
	in := driver.PlanInput{Intent: intent, Cluster: x.c, Deep: deep}
	if stack.ID != "" {
		in.Stack = &stack
	}
	p := x.d.Plan(in)
	if len(p.Need) > 0 {
		in.Parts = x.Parts(x.T, stack, p.Need)
		p = x.d.Plan(in)
	}
	if driver.HasErrors(p.Diagnostics) || len(p.Need) > 0 {
		x.Fatalf("plan: %+v", p)
	}
	return p
}

// does plans, expects one step of that title, carries it out and sees it through.
func (x *teller) does(title string, disruption driver.Effect) {
	x.Helper()
	name := heatstack.StackName(x.c)
	stack := x.Row(x.T, name)
	p := x.plan(driver.IntentPresent, stack, true)
	if len(p.Steps) != 1 || p.Steps[0].Title != title || p.Steps[0].Disruption != disruption {
		x.Fatalf("want one step %q (%d), have %+v with changes %+v", title, disruption, p.Steps, p.Changes)
	}
	if stack.ID != "" {
		x.previews(stack)
	}
	x.apply(p.Steps[0], p.Digest, stack)
	after := x.Settle(x.T, name)
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
	report, err := x.d.(driver.Previewer).Preview(x.Context(), driver.PreviewInput{Cluster: x.c, Stack: stack, Credential: x.Credential})
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
	name := heatstack.StackName(x.c)
	in := driver.ApplyInput{
		Step: step.ID, Kind: step.Kind, Intent: driver.IntentPresent, Cluster: x.c, StackName: name, StackID: stack.ID,
		Tags: []string{
			"heatsync", "heatsync.fleet=" + x.c.Fleet, "heatsync.cluster=" + x.c.Name,
			"heatsync.driver=docker", "heatsync.spec=" + digest,
		},
		Digest: digest, Credential: x.Credential,
		Precondition: driver.Precondition{Absent: stack.ID == "", ID: stack.ID, Status: stack.Status, Digest: heatsite.Digest(stack), Updated: stack.Updated},
	}
	if r := x.d.Apply(x.Context(), in, func(line string) { x.Log(line) }); r.Verdict != driver.Accepted {
		x.Fatalf("%s: %+v", step.Title, r)
	}
}

// wants compares the facts of a deep plan; an address is only looked at for
// being one.
func (x *teller) wants(want driver.Facts) {
	x.Helper()
	got := x.plan(driver.IntentPresent, x.Row(x.T, heatstack.StackName(x.c)), true).Facts
	if has := strings.HasPrefix(got.APIAddress, "ssh://ubuntu@"); has != (want.NodesLive > 0) {
		x.Errorf("the API's address is %q with %d nodes", got.APIAddress, want.NodesLive)
	}
	got.APIAddress = ""
	if diff := cmp.Diff(want, got); diff != "" {
		x.Errorf("facts (-want +got):\n%s", diff)
	}
}

// having gives the ids of the cluster's things of one type.
func (x *teller) having(kind string) []string {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	all, err := x.Client.Resources(x.Context(), heat.Ref{Name: stack.Name, ID: stack.ID}, 3, heat.ResourceFilter{Type: []string{kind}})
	if err != nil {
		x.Fatal(err)
	}
	var ids []string
	for _, r := range all {
		ids = append(ids, r.PhysicalID)
	}
	slices.Sort(ids)
	return ids
}

// address of the cluster's API.
func (x *teller) address() string {
	x.Helper()
	return x.plan(driver.IntentPresent, x.Row(x.T, heatstack.StackName(x.c)), true).Facts.APIAddress
}

// meddle changes the stack by hand, as somebody with the same rights would.
func (x *teller) meddle(parameters map[string]any) {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	err := x.Client.Patch(x.Context(), heat.Ref{Name: stack.Name, ID: stack.ID}, heat.Patch{Spec: heat.Spec{Parameters: parameters}})
	if err != nil {
		x.Fatal(err)
	}
	x.Settle(x.T, stack.Name)
}

// gone deletes the stack by a plan and sees that it goes.
func (x *teller) gone(name string) {
	x.Helper()
	stack := x.Row(x.T, name)
	p := x.plan(driver.IntentAbsent, stack, false)
	if len(p.Steps) != 1 || p.Steps[0].Kind != driver.StepDelete {
		x.Fatalf("want a delete, have %+v", p)
	}
	x.apply(p.Steps[0], p.Digest, stack)
	if after := x.Settle(x.T, name); after.ID != "" {
		x.Fatalf("after the delete the stack is %s: %s", after.Status, after.StatusReason)
	}
	if p := x.plan(driver.IntentAbsent, driver.Stack{}, false); len(p.Steps) != 0 {
		x.Fatalf("after the delete there is still to do %+v", p)
	}
}
