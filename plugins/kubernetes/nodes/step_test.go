package nodes

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/heatsync/heatsync/plugins/driver"
)

func TestDrainStep(t *testing.T) {
	s := newStory(t)
	s.api.AddNode("w-1", "b")
	s.api.AddPod("w-0", "web")
	s.api.AddPod("w-1", "db")
	s.api.AddBudget("db", 0)
	in := driver.ApplyInput{API: s.api.Access, Nodes: []driver.Node{{Name: "w-0", ServerID: "a"}, {ServerID: "never-joined"}, {Name: "w-1", ServerID: "b"}}}

	waits, fault := DrainStep(t.Context(), in, s.opts)
	if fault != nil || len(waits) != 2 || !strings.Contains(waits[0], `pods of node "w-0" end`) || !strings.Contains(waits[1], "db-budget") {
		t.Fatalf("%q %+v", waits, fault)
	}
	// Both were cordoned before the first pod was asked away.
	patched, evicted := slices.Index(s.api.Log, "PATCH /api/v1/nodes/w-1"), slices.IndexFunc(s.api.Log, func(l string) bool { return strings.HasSuffix(l, "/eviction") })
	if patched < 0 || patched > evicted {
		t.Errorf("%q", s.api.Log)
	}
	s.clock = at(11)
	if _, fault := DrainStep(t.Context(), in, s.opts); fault == nil || fault.Code != "dependency" || fault.Transient || !strings.Contains(fault.Summary, "db-budget") || strings.Contains(fault.Summary, "\n") {
		t.Fatalf("%+v", fault)
	}
	s.api.Budgets[0].Status.DisruptionsAllowed = 1
	s.clock = at(5)
	for range 2 {
		waits, fault = DrainStep(t.Context(), in, s.opts)
	}
	if fault != nil || len(waits) != 0 {
		t.Fatalf("%q %+v", waits, fault)
	}

	s.api.Instead = answering("/api/v1/pods", http.StatusForbidden, metav1.StatusReasonForbidden)
	if _, fault := DrainStep(t.Context(), in, s.opts); fault == nil || !fault.Transient || fault.Summary != "the cluster's API: it does not allow the agent to look (403)" {
		t.Fatalf("%+v", fault)
	}
	in.API = driver.ClusterAPI{}
	if _, fault := DrainStep(t.Context(), in, s.opts); fault == nil || fault.Summary != "the address of the cluster's API is not known" {
		t.Fatalf("%+v", fault)
	}
	in.Nodes = in.Nodes[1:2]
	if waits, fault := DrainStep(t.Context(), in, s.opts); fault != nil || len(waits) != 0 {
		t.Fatalf("%q %+v", waits, fault)
	}
}

// A choice that changes while nodes are emptied gives back what it leaves.
func TestDrainStepGivesOthersBack(t *testing.T) {
	s := newStory(t)
	s.api.AddNode("w-1", "b")
	s.api.AddNode("w-2", "c", func(n *corev1.Node) { n.Spec.Unschedulable = true }) // a person's
	in := driver.ApplyInput{API: s.api.Access, Nodes: []driver.Node{{Name: "w-0", ServerID: "a"}}}
	for _, going := range []string{"w-0", "w-1"} {
		in.Nodes = []driver.Node{{Name: going}}
		if waits, fault := DrainStep(t.Context(), in, s.opts); fault != nil || len(waits) != 0 {
			t.Fatalf("%q %+v", waits, fault)
		}
	}
	for name, cordoned := range map[string]bool{"w-0": false, "w-1": true, "w-2": true} {
		n := s.api.Nodes[name]
		if _, ours := n.Annotations[DrainSince]; n.Spec.Unschedulable != cordoned || ours != (name == "w-1") {
			t.Errorf("%s: cordoned %v, %v", name, n.Spec.Unschedulable, n.Annotations)
		}
	}
	s.api.Instead = answering("/api/v1/nodes", http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable)
	if _, fault := DrainStep(t.Context(), in, s.opts); fault == nil || !fault.Transient {
		t.Errorf("nodes that cannot be read: %+v", fault)
	}
}

func TestHealthTellsOfDrains(t *testing.T) {
	s := newStory(t)
	s.round(true)
	got := Check(t.Context(), Options{API: s.api.Access})
	if got.Health != driver.Healthy || !strings.Contains(got.Reasons["w-0.Drain"], "being emptied") || !got.Nodes[0].DrainSince.Equal(at(0)) {
		t.Errorf("%+v", got)
	}
}
