package nodes

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// story is a drain asked again and again, on a clock of its own.
type story struct {
	*testing.T
	api    *nodestest.API
	client *Client
	node   driver.Node
	opts   DrainOptions
	clock  time.Time
}

func newStory(t *testing.T) *story {
	f := nodestest.New(t)
	f.AddNode("w-0", "a")
	s := &story{T: t, api: f, client: clientOf(t, f), node: driver.Node{Name: "w-0", ServerID: "a"}, clock: at(0)}
	s.opts = DrainOptions{Deadline: 10 * time.Minute, Now: func() time.Time { return s.clock }}
	return s
}

func clientOf(t *testing.T, f *nodestest.API) *Client {
	t.Helper()
	c, err := Dial(f.Access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (s *story) round(done bool, blocked ...string) {
	s.Helper()
	got, held, err := Drain(s.Context(), s.client, s.node, s.opts)
	if err != nil || got != done || len(held) != len(blocked) {
		s.Fatalf("done %v, blocked %q, %v; wanted %v, %q", got, held, err, done, blocked)
	}
	for i := range blocked {
		if !strings.Contains(held[i], blocked[i]) {
			s.Fatalf("blocked %q; wanted %q", held, blocked)
		}
	}
}

func (s *story) pods(want ...string) {
	s.Helper()
	var got []string
	for name, p := range s.api.Pods {
		if p.DeletionTimestamp == nil {
			got = append(got, strings.TrimPrefix(name, "default/"))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatalf("pods -want +got\n%s", diff)
	}
}

func TestDrain(t *testing.T) {
	t.Run("an empty node is done at once", func(t *testing.T) {
		s := newStory(t)
		s.round(true)
		n := s.api.Nodes["w-0"]
		if !n.Spec.Unschedulable || n.Annotations[DrainSince] != "2026-01-01T00:00:00Z" {
			t.Errorf("%v %v", n.Spec.Unschedulable, n.Annotations)
		}
	})
	t.Run("pods are asked away, what stays by nature is left", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "web")
		s.api.AddPod("w-0", "log", nodestest.Daemon)
		s.api.AddPod("w-0", "proxy", nodestest.Mirror)
		s.api.AddPod("w-0", "job", nodestest.Ended)
		s.api.AddPod("w-1", "other")
		s.round(false)
		s.pods("job", "log", "other", "proxy")
		s.round(true)
	})
	t.Run("a budget holds until it lets go", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "db")
		s.api.AddPod("w-0", "web")
		s.api.AddBudget("db", 0)
		began := time.Now()
		s.round(false, "default/db: The disruption budget db-budget needs 2 healthy pods")
		if time.Since(began) > 5*time.Second {
			t.Error("the client waited for the server's Retry-After")
		}
		s.pods("db")
		s.round(false, "default/db: ")
		s.api.Budgets[0].Status.DisruptionsAllowed = 1
		s.round(false)
		s.round(true)
	})
	t.Run("the clock of a drain is in the node", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "db")
		s.api.AddBudget("db", 0)
		s.round(false, "default/db")
		s.client = clientOf(t, s.api) // the agent was restarted
		s.clock = at(11)
		_, blocked, err := Drain(t.Context(), s.client, s.node, s.opts)
		if !errors.Is(err, ErrStalled) || !strings.Contains(err.Error(), `drain node "w-0"`) || !strings.Contains(err.Error(), "db-budget") || len(blocked) != 1 {
			t.Errorf("%q %v", blocked, err)
		}
		s.pods("db")
	})
	t.Run("at the deadline the rest is deleted, where that is asked", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "db")
		s.api.AddBudget("db", 0)
		s.opts.Force = true
		s.round(false, "default/db")
		s.clock = at(11)
		s.round(false)
		s.round(true)
	})
	t.Run("a pod that hangs terminating is waited for", func(t *testing.T) {
		s := newStory(t)
		s.api.Linger = true
		s.api.AddPod("w-0", "web")
		s.round(false)
		s.round(false)
		if n := count(s.api.Log, "/eviction"); n != 1 {
			t.Errorf("asked away %d times", n)
		}
		s.clock = at(11)
		if _, _, err := Drain(t.Context(), s.client, s.node, s.opts); !errors.Is(err, ErrStalled) {
			t.Errorf("%v", err)
		}
		s.opts.Force = true
		s.round(false)
		s.round(true)
	})
	t.Run("on a broken node nobody ends what terminates", func(t *testing.T) {
		s := newStory(t)
		s.api.Linger = true
		nodestest.Broken(s.api.Nodes["w-0"])
		s.api.AddPod("w-0", "web")
		s.round(false)
		s.round(true)
	})
	t.Run("the node vanishes half way", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "db")
		s.api.AddBudget("db", 0)
		s.round(false, "default/db")
		delete(s.api.Nodes, "w-0")
		s.round(true)
	})
	t.Run("the node vanishes before it is cordoned", func(t *testing.T) {
		s := newStory(t)
		s.api.Instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPatch {
				nodestest.Status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "gone")
			}
			return r.Method == http.MethodPatch
		}
		s.round(true)
	})
	t.Run("another server has the name by now", func(t *testing.T) {
		s := newStory(t)
		s.api.AddNode("w-0", "other")
		s.api.AddPod("w-0", "web")
		s.round(true)
		s.pods("web")
		if s.api.Nodes["w-0"].Spec.Unschedulable {
			t.Error("it was cordoned")
		}
	})
	t.Run("another pod has the name by now", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "db-0")
		s.api.Instead = func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/eviction") {
				s.api.Mu.Lock()
				s.api.Pods["default/db-0"].UID = types.UID("new")
				s.api.Pods["default/db-0"].Spec.NodeName = "w-1"
				s.api.Mu.Unlock()
			}
			return false
		}
		s.round(false)
		s.pods("db-0")
		s.round(true)
	})
	t.Run("the cordon of a person is kept, and its drain begins now", func(t *testing.T) {
		s := newStory(t)
		s.api.Nodes["w-0"].Spec.Unschedulable = true
		s.api.Nodes["w-0"].Annotations = map[string]string{DrainSince: "nonsense"}
		s.round(true)
		if got := s.api.Nodes["w-0"].Annotations[DrainSince]; got != "2026-01-01T00:00:00Z" {
			t.Error(got)
		}
	})
	t.Run("an overloaded server is told apart from a budget", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "web")
		s.api.Instead = answering("/api/v1/namespaces/default/pods/web/eviction", http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests)
		s.round(false, "default/web: the API wants to be asked less")
	})
	t.Run("two budgets", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "web")
		s.api.Instead = answering("/api/v1/namespaces/default/pods/web/eviction", http.StatusInternalServerError, metav1.StatusReasonInternalError)
		s.round(false, "it may have more than one")
	})
	t.Run("a broken API is an error", func(t *testing.T) {
		s := newStory(t)
		s.api.AddPod("w-0", "web")
		s.api.Instead = answering("/api/v1/pods", http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable)
		if done, _, err := Drain(t.Context(), s.client, s.node, s.opts); err == nil || done {
			t.Error("it was taken for empty")
		}
		s.pods("web")
	})
	t.Run("a crowd goes in several rounds", func(t *testing.T) {
		s := newStory(t)
		for i := range mostEvictions + 5 {
			s.api.AddPod("w-0", fmt.Sprintf("p-%03d", i))
		}
		s.round(false)
		if n := count(s.api.Log, "/eviction"); n != mostEvictions {
			t.Errorf("asked %d away", n)
		}
		s.round(false)
		s.round(true)
	})
}

func TestRelease(t *testing.T) {
	s := newStory(t)
	s.round(true)
	if err := Release(t.Context(), s.client, s.node); err != nil {
		t.Fatal(err)
	}
	n := s.api.Nodes["w-0"]
	if _, still := n.Annotations[DrainSince]; still || n.Spec.Unschedulable {
		t.Errorf("%v %v", n.Spec.Unschedulable, n.Annotations)
	}
	n.Spec.Unschedulable = true // a person's
	if err := Release(t.Context(), s.client, s.node); err != nil || !n.Spec.Unschedulable {
		t.Errorf("a person's cordon was taken away: %v", err)
	}
	s.api.AddNode("w-0", "other", func(n *corev1.Node) { n.Spec.Unschedulable = true })
	if err := Release(t.Context(), s.client, s.node); err != nil {
		t.Fatal(err)
	}
}

func count(log []string, part string) int {
	n := 0
	for _, l := range log {
		if strings.Contains(l, part) {
			n++
		}
	}
	return n
}
