package acceptance

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// drain is a worker on its way out of a cluster: the emptier of two, and the one that
// Heat by itself would keep. A budget keeps its one pod.
type drain struct {
	who     *services
	api     *nodestest.API
	cluster string
	before  []node
	goes    node
}

// loadWorkers has a cluster of two workers answer, and run pods.
func (s *story) loadWorkers(t *testing.T, who *services, cluster string) drain {
	t.Helper()
	d := drain{who: who, cluster: cluster, before: s.nodes(t, who, cluster)}
	d.api = s.serveCluster(t, cluster, d.before)
	d.api.Mu.Lock()
	defer d.api.Mu.Unlock()
	for _, n := range d.before {
		switch {
		case n.group != "default-worker":
		case n.index == "0":
			d.goes = n
			d.api.AddPod(n.name, "web")
			d.api.AddPod(n.name, "log", nodestest.Daemon)
		default:
			d.api.AddPod(n.name, "db")
			d.api.AddPod(n.name, "cache")
		}
	}
	d.api.AddBudget("web", 0)
	return d
}

// held waits until the budget has refused the pod's eviction twice: the agent says so,
// and has taken nothing away.
func (d drain) held(t *testing.T, s *story) {
	s.waitFleet(t, "a drain that a budget holds", func(f fleetStatus) bool {
		c := f.cluster(d.cluster)
		return c.word() == "waiting drain" && c.Message == "empty node "+d.goes.name+" before it goes: default/web: "+
			"The disruption budget web-budget needs 2 healthy pods and has 2 currently" && d.refused() >= 2
	})
	out, _ := s.agent.command(t, "status")
	if !strings.Contains(out, d.goes.name+" before it goes: default/web: The disruption budget web-budget") {
		t.Errorf("heatsync status does not tell what the drain waits for:\n%s", out)
	}
	if left := s.nodes(t, d.who, d.cluster); !slices.Equal(left, d.before) {
		t.Errorf("servers %v are left of %v", left, d.before)
	}
	d.cordoned(t)
}

// refused is how often an eviction was asked for.
func (d drain) refused() int {
	d.api.Mu.Lock()
	defer d.api.Mu.Unlock()
	n := 0
	for _, request := range d.api.Log {
		if request == "POST /api/v1/namespaces/default/pods/web/eviction" {
			n++
		}
	}
	return n
}

// cordoned wants the node that goes, and no other, to be out of scheduling.
func (d drain) cordoned(t *testing.T) {
	t.Helper()
	d.api.Mu.Lock()
	defer d.api.Mu.Unlock()
	for name, n := range d.api.Nodes {
		if _, ours := n.Annotations[nodes.DrainSince]; ours != (name == d.goes.name) || n.Spec.Unschedulable != ours {
			t.Errorf("node %s: unschedulable %v, %v", name, n.Spec.Unschedulable, n.Annotations)
		}
	}
}

// yields has the budget let the pod go.
func (d drain) yields() {
	d.api.Mu.Lock()
	defer d.api.Mu.Unlock()
	d.api.Budgets[0].Status.DisruptionsAllowed = 1
}

// went wants the server that was chosen, and no other, to be gone from Nova, and its pod
// to be evicted before. The cloud controller then takes its node out.
func (d drain) went(t *testing.T, s *story) {
	want := slices.DeleteFunc(slices.Clone(d.before), func(n node) bool { return n == d.goes })
	if left := s.nodes(t, d.who, d.cluster); !slices.Equal(left, want) {
		t.Errorf("servers %v are left, want %v", left, want)
	}
	if d.who.show(t, thing(d.who.List("servers")+"/"+d.goes.id)) != nil {
		t.Errorf("server %v is there still", d.goes)
	}
	d.api.Mu.Lock()
	defer d.api.Mu.Unlock()
	if pods := slices.Sorted(maps.Keys(d.api.Pods)); !slices.Equal(pods, []string{"default/cache", "default/db", "default/log"}) {
		t.Errorf("pods %v are left", pods)
	}
	delete(d.api.Nodes, d.goes.name)
}

// healthy waits until the cluster is told to be well, with each of its nodes, to people
// and to programs.
func (d drain) healthy(t *testing.T, s *story) {
	s.waitFleet(t, d.cluster+" HEALTHY with its nodes", func(f fleetStatus) bool {
		c := f.cluster(d.cluster)
		d.api.Mu.Lock()
		defer d.api.Mu.Unlock()
		for name := range d.api.Nodes {
			if c.HealthReasons[name+".Ready"] != "True" {
				return false
			}
		}
		return c.Health == "HEALTHY" && c.HealthReasons["api"] == "ok"
	})
	out, _ := s.agent.command(t, "status")
	if !regexp.MustCompile(`(?m)^ +` + d.cluster + ` +settled .* HEALTHY `).MatchString(out) {
		t.Errorf("heatsync status does not tell that %s is HEALTHY:\n%s", d.cluster, out)
	}
}
