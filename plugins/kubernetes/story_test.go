package kubernetes_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

func TestStoryOnHeatsim(t *testing.T) { story(t, simulated(t)) }

func TestStoryOnHeat(t *testing.T) {
	t.Parallel()
	story(t, realCloud(t))
}

const (
	servers  = "OS::Nova::Server"
	loadBal  = "OS::Octavia::LoadBalancer"
	volumes  = "OS::Cinder::Volume"
	networks = "OS::Neutron::Net"
)

// site's own images, networks and keys for a cluster.
func clusterOn(s *site, name string) driver.Cluster {
	c := blue()
	c.Fleet, c.Name, c.Image, c.ExternalNetwork, c.Keypair = "story", name, s.Image, s.External, s.Keypair
	return c
}

// story leads one cluster through its life. After each step, planning again
// finds nothing to do.
func story(t *testing.T, s *site) {
	x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, "blue")}
	name := heatstack.StackName(x.c)
	t.Cleanup(func() { x.Clear(x.T, name) })

	x.does("create stack "+name, driver.EffectAdd)
	x.counts(servers, 2)
	x.boots()

	set("ssh_allowed_cidrs", "192.0.2.0/24")(&x.c)
	x.does("update stack "+name+": labels.ssh_allowed_cidrs 0.0.0.0/0 -> 192.0.2.0/24 (in place)", driver.EffectInPlace)

	before := x.having(servers)
	set("kubelet_options", "--v=4")(&x.c)
	x.does("update stack "+name+": labels.kubelet_options -> --v=4 (for node groups made later; those that are there, and their new nodes, boot what they were made with); files.recorded (nothing that runs notices)", driver.EffectNone)
	x.keeps(before, "a label that nodes boot with")

	x.c.NodeGroups = []driver.NodeGroup{master(1), worker(3)}
	x.labelled()
	x.does("update stack "+name+": nodeCount 1 -> 3 (adds)", driver.EffectAdd)
	x.counts(servers, 4)
	x.keeps(before, "scaling up")

	t.Run("by name", func(t *testing.T) { x.T = t; x.removeByName(name) })
	x.T = t

	before = x.having(servers)
	x.c.NodeGroups = append(x.c.NodeGroups, driver.NodeGroup{Name: "gpu-a", Role: "gpu", NodeCount: 2, Flavor: "m1.large"})
	x.labelled()
	x.does("update stack "+name+": template.resources.boot_gpu-a-1 -> OS::Heat::SoftwareConfig (adds); template.resources.gpu-a-1 -> group_minion.yaml (adds); template.outputs (nothing that runs notices); 2 more", driver.EffectAdd)
	x.counts(servers, 5)
	x.keeps(before, "adding a group")

	x.c.NodeGroups[2].NodeCount = 1
	x.empties("update stack " + name + ": nodeGroups[gpu-a].nodeCount 2 -> 1 (removes)")
	x.keeps(before, "shrinking another group")

	x.held("flavor", func(c *driver.Cluster) { c.Flavor = "m1.large" })
	x.held("nodeGroups[gpu-a].flavor", func(c *driver.Cluster) { c.NodeGroups[2].Flavor = "m1.medium" })
	x.refused("fixedNetwork", func(c *driver.Cluster) { c.FixedNetwork = "other" })
	x.refused("masterLbEnabled", func(c *driver.Cluster) { c.MasterLBEnabled = true })

	x.c.NodeGroups = x.c.NodeGroups[:2]
	x.empties("update stack " + name + ": template.resources.boot_gpu-a-1 OS::Heat::SoftwareConfig -> nothing (removes); template.resources.gpu-a-1 group_minion.yaml -> nothing (removes); template.outputs (nothing that runs notices); 2 more")
	x.keeps(before, "removing a group")
	x.counts(servers, 3)

	x.newDriver(before)
	x.gone(name)
}

// labelled gives new groups the cluster's labels, as the agent does.
func (x *teller) labelled() {
	labels := x.c.Labels
	for i := range x.c.NodeGroups {
		x.c.NodeGroups[i].Labels = labels
	}
}

// removeByName has the middle of three workers removed, by its node's name. The
// list stays in the document and means nothing any more.
func (x *teller) removeByName(name string) {
	var group struct{ Servers, Names map[string]string }
	parts := x.Parts(x.T, x.Row(x.T, name), []driver.Part{driver.PartOutputs})
	if err := json.Unmarshal(parts.Outputs["group_default-worker"], &group); err != nil || len(group.Servers) != 3 || len(group.Names) != 3 {
		x.Fatalf("output group_default-worker: %s (%v)", parts.Outputs["group_default-worker"], err)
	}
	x.api.AddPod(group.Names["1"], "web")
	x.c.NodeGroups = []driver.NodeGroup{master(1), worker(2)}
	x.c.NodeGroups[1].NodesToRemove = []string{group.Names["1"]}
	x.labelled()
	went := x.empties("update stack " + name + ": nodeCount 3 -> 2 (removes)")
	if !slices.Equal(went, []string{group.Servers["1"]}) || len(x.api.Pods) > 0 {
		x.Errorf("server %s was to go, empty, and %q went with %d pods", group.Servers["1"], went, len(x.api.Pods))
	}
}

// newDriver renders with a driver that boots nodes with another text and updates
// the stack: no server notices.
func (x *teller) newDriver(before []string) {
	x.Helper()
	o := options()
	o.Bundle.SHA256 = sum(5)
	x.d = kubernetes.New(o)
	p := x.plan(driver.IntentPresent, x.Row(x.T, heatstack.StackName(x.c)), true)
	if len(p.Steps) != 1 {
		x.Fatalf("another boot text plans %+v", p)
	}
	x.does(p.Steps[0].Title, p.Steps[0].Disruption)
	x.keeps(before, "a driver with another boot text")
	x.c.NodeGroups = []driver.NodeGroup{master(1), worker(3)}
	x.labelled()
	x.does("update stack "+heatstack.StackName(x.c)+": nodeCount 2 -> 3 (adds)", driver.EffectAdd)
	x.keeps(before, "scaling up with a new driver")
}

// counts things of a type.
func (x *teller) counts(kind string, want int) {
	x.Helper()
	if have := x.having(kind); len(have) != want {
		x.Errorf("want %d of %s, have %q", want, kind, have)
	}
}

// keeps looks that all these servers are there still.
func (x *teller) keeps(before []string, through string) {
	x.Helper()
	now := x.having(servers)
	kept := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return !slices.Contains(now, id) })
	if diff := cmp.Diff(before, kept); diff != "" {
		x.Errorf("%s lost servers (-before +kept):\n%s", through, diff)
	}
}

// held makes a change that needs other nodes: it is shown and not done.
func (x *teller) held(path string, change func(*driver.Cluster)) {
	x.Helper()
	x.unplanned(path, "rolling-not-built", driver.EffectRolling, change)
}

// refused makes a change that cannot be made.
func (x *teller) refused(path string, change func(*driver.Cluster)) {
	x.Helper()
	x.unplanned(path, "immutable", driver.EffectRefused, change)
}

func (x *teller) unplanned(path, code string, effect driver.Effect, change func(*driver.Cluster)) {
	x.Helper()
	c := x.c
	c.NodeGroups = slices.Clone(c.NodeGroups)
	change(&c)
	stack := x.Row(x.T, heatstack.StackName(c))
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: c, Secrets: secrets(), Stack: &stack}
	in.Parts = x.Parts(x.T, stack, x.d.Plan(in).Need)
	p := x.d.Plan(in)
	told := slices.ContainsFunc(p.Diagnostics, func(d driver.Diagnostic) bool { return d.Code == code && d.Path == path && d.Remedy != "" })
	shown := slices.ContainsFunc(p.Changes, func(c driver.Change) bool { return c.Path == path && c.Effect == effect })
	if len(p.Steps) > 0 || !told || !shown {
		x.Errorf("changing %s plans %+v", path, p)
	}
}
