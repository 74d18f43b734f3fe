package nodes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// cluster is a real API server, and the test is its kubelets and controllers.
type cluster struct {
	*testing.T
	api    driver.ClusterAPI
	client *Client
	clock  time.Time
}

func newCluster(t *testing.T) *cluster {
	api := nodestest.Real(t)
	client, err := Dial(api)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	c := &cluster{t, api, client, time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	wait := time.NewTicker(200 * time.Millisecond)
	defer wait.Stop()
	for {
		failing, err := client.ready(ctx)
		if err == nil && len(failing) == 0 && client.core.Get().Resource("namespaces").Name("default").Do(ctx).Error() == nil {
			return c
		}
		select {
		case <-wait.C:
		case <-ctx.Done():
			t.Fatalf("the API is not ready: %v, %v", failing, err)
		}
	}
}

func (c *cluster) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// put makes an object and writes its status, as its controller would.
func put[T runtime.Object](c *cluster, to rest.Interface, resource, namespace string, o T, status func(T)) T {
	c.Helper()
	made := o.DeepCopyObject().(T)
	c.must(to.Post().NamespaceIfScoped(namespace, namespace != "").Resource(resource).Body(o).Do(c.Context()).Into(made))
	status(made)
	name := any(made).(metav1.Object).GetName()
	c.must(to.Put().NamespaceIfScoped(namespace, namespace != "").Resource(resource).Name(name).SubResource("status").Body(made).Do(c.Context()).Into(made))
	return made
}

func (c *cluster) node(name, server string, condition corev1.ConditionStatus) {
	c.Helper()
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{GroupLabel: "default-worker"}}, Spec: corev1.NodeSpec{ProviderID: "openstack:///" + server}}
	put(c, c.client.core, "nodes", "", n, func(n *corev1.Node) {
		n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: condition, Reason: "Test", LastHeartbeatTime: metav1.Now()}}
	})
}

func (c *cluster) pod(node, name string, change ...func(*corev1.Pod)) {
	c.Helper()
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{"app": name}}}
	p.Spec = corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Name: "c", Image: "registry.example.org/c:1"}}}
	p.Status = corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}}
	for _, f := range change {
		f(p)
	}
	status := p.Status
	put(c, c.client.core, "pods", "default", p, func(p *corev1.Pod) { p.Status = status })
}

// budget guards an app; the disruption controller's part is allow.
func (c *cluster) budget(app string) {
	c.Helper()
	b := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: app + "-budget"}}
	b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	put(c, c.client.policy, "poddisruptionbudgets", "default", b, func(b *policyv1.PodDisruptionBudget) {
		b.Status = policyv1.PodDisruptionBudgetStatus{ObservedGeneration: b.Generation, ExpectedPods: 1, CurrentHealthy: 1, DesiredHealthy: 1}
	})
}

func (c *cluster) allow(app string) {
	c.Helper()
	b, at := &policyv1.PodDisruptionBudget{}, app+"-budget"
	c.must(c.client.policy.Get().Namespace("default").Resource("poddisruptionbudgets").Name(at).Do(c.Context()).Into(b))
	b.Status.DisruptionsAllowed = 1
	c.must(c.client.policy.Put().Namespace("default").Resource("poddisruptionbudgets").Name(at).SubResource("status").Body(b).Do(c.Context()).Error())
}

// end is a kubelet's last word on a pod.
func (c *cluster) end(pod string) {
	c.Helper()
	now := int64(0)
	c.must(c.client.core.Delete().Namespace("default").Resource("pods").Name(pod).Body(&metav1.DeleteOptions{GracePeriodSeconds: &now}).Do(c.Context()).Error())
}

// round is one round of a drain with ten minutes.
func (c *cluster) round(n driver.Node, force bool) (done bool, blocked string, err error) {
	c.Helper()
	done, held, err := Drain(c.Context(), c.client, n, DrainOptions{Deadline: 10 * time.Minute, Force: force, Now: func() time.Time { return c.clock }})
	return done, strings.Join(held, "; "), err
}

func (c *cluster) rounds(n driver.Node, want ...string) {
	c.Helper()
	for i, want := range want {
		done, blocked, err := c.round(n, false)
		if got := fmt.Sprintf("%v %s", done, blocked); err != nil || !strings.HasPrefix(got, want) {
			c.Fatalf("round %d: %s, %v; want %s", i, got, err, want)
		}
	}
}

// TestDrainOnAnAPIServer is what TestDrain asks of the fake, asked of Kubernetes'
// own: evictions, budgets, pods that hang, nodes that go.
func TestDrainOnAnAPIServer(t *testing.T) {
	c := newCluster(t)
	node := func(name string, condition corev1.ConditionStatus) driver.Node {
		c.node(name, "server-"+name, condition)
		return driver.Node{Name: name, ServerID: "server-" + name}
	}

	t.Run("pods are asked away, what stays by nature is left", func(t *testing.T) {
		n := node("w-stays", corev1.ConditionTrue)
		c.pod("w-stays", "web")
		c.pod("w-stays", "log", func(p *corev1.Pod) {
			yes := true
			p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "ds", UID: "1", Controller: &yes}}
		})
		c.pod("w-stays", "proxy", nodestest.Mirror)
		c.pod("w-stays", "job", nodestest.Ended)
		c.rounds(n, "false ", "false ") // terminating, with a grace of 30 s
		c.end("web")
		c.rounds(n, "true ")
	})
	t.Run("a budget holds until it lets go, and a pod that hangs is waited for", func(t *testing.T) {
		n := node("w-budget", corev1.ConditionTrue)
		c.pod("w-budget", "db")
		c.budget("db")
		began := time.Now()
		c.rounds(n, "false default/db: The disruption budget db-budget needs 1 healthy pods and has 1 currently", "false default/db: ")
		if time.Since(began) > 5*time.Second {
			t.Error("the client waited for the server's Retry-After")
		}
		c.allow("db")
		c.rounds(n, "false ", "false ")
		c.clock = c.clock.Add(11 * time.Minute)
		if _, _, err := c.round(n, false); !errors.Is(err, ErrStalled) {
			t.Errorf("it hangs for eleven minutes: %v", err)
		}
		if done, _, err := c.round(n, true); err != nil || done {
			t.Errorf("by force: %v, %v", done, err)
		}
		c.rounds(n, "true ")
	})
	t.Run("a budget nobody counts holds", func(t *testing.T) {
		n := node("w-stale", corev1.ConditionTrue)
		c.pod("w-stale", "stale")
		b := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "stale-budget"}}
		b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "stale"}}
		put(c, c.client.policy, "poddisruptionbudgets", "default", b, func(*policyv1.PodDisruptionBudget) {})
		c.rounds(n, "false default/stale: ")
	})
	t.Run("two budgets", func(t *testing.T) {
		n := node("w-two", corev1.ConditionTrue)
		c.pod("w-two", "two")
		c.budget("two")
		c.allow("two")
		b := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "two-more"}}
		b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "two"}}
		put(c, c.client.policy, "poddisruptionbudgets", "default", b, func(*policyv1.PodDisruptionBudget) {})
		if done, blocked, err := c.round(n, false); err != nil || done || !strings.Contains(blocked, "it may have more than one") {
			t.Errorf("%v %q %v", done, blocked, err)
		}
	})
	t.Run("the node vanishes half way", func(t *testing.T) {
		n := node("w-gone", corev1.ConditionTrue)
		c.pod("w-gone", "held")
		c.budget("held")
		c.rounds(n, "false default/held")
		c.must(c.client.core.Delete().Resource("nodes").Name("w-gone").Do(c.Context()).Error())
		c.rounds(n, "true ")
	})
	t.Run("on a broken node nobody ends what terminates", func(t *testing.T) {
		n := node("w-broken", corev1.ConditionUnknown)
		c.pod("w-broken", "lost")
		c.rounds(n, "false ", "true ")
	})
	t.Run("another server has the name by now", func(t *testing.T) {
		node("w-other", corev1.ConditionTrue)
		c.pod("w-other", "theirs")
		c.rounds(driver.Node{Name: "w-other", ServerID: "server-before"}, "true ")
		var p corev1.Pod
		c.must(c.client.core.Get().Namespace("default").Resource("pods").Name("theirs").Do(c.Context()).Into(&p))
		if p.DeletionTimestamp != nil {
			t.Error("its pod was asked away")
		}
	})
	t.Run("a node is given back", func(t *testing.T) {
		n := node("w-back", corev1.ConditionTrue)
		c.rounds(n, "true ")
		c.must(Release(c.Context(), c.client, n))
		var back corev1.Node
		c.must(c.client.core.Get().Resource("nodes").Name("w-back").Do(c.Context()).Into(&back))
		if _, still := back.Annotations[DrainSince]; still || back.Spec.Unschedulable {
			t.Errorf("%v %v", back.Spec.Unschedulable, back.Annotations)
		}
	})
}

// TestChooseAndStepOnAnAPIServer lowers a group's count from three to one as the
// driver does: read the nodes, choose, drain step by step.
func TestChooseAndStepOnAnAPIServer(t *testing.T) {
	c := newCluster(t)
	for i, condition := range []corev1.ConditionStatus{corev1.ConditionTrue, corev1.ConditionTrue, corev1.ConditionFalse} {
		c.node(fmt.Sprintf("w-%d", i), fmt.Sprintf("server-%d", i), condition)
	}
	c.pod("w-0", "busy")
	c.pod("w-0", "more")
	c.pod("w-1", "one")
	c.budget("busy")
	report := Check(t.Context(), Options{API: c.api, Facts: true})
	if report.Health != driver.Unhealthy || len(report.Nodes) != 3 || report.Nodes[0].Pods != 2 || report.Nodes[0].BlockedEvictions != 1 {
		t.Fatalf("%+v", report)
	}
	chosen, diagnostics := Choose("default-worker", report.Nodes, 2, nil)
	if len(diagnostics) > 0 || len(chosen) != 2 || chosen[0].Name != "w-2" || chosen[1].Name != "w-1" {
		t.Fatalf("the broken and the emptiest go: %+v, %v", chosen, diagnostics)
	}
	for _, n := range chosen {
		for {
			done, blocked, err := c.round(n, false)
			if err != nil || blocked != "" {
				t.Fatalf("%s: %q %v", n.Name, blocked, err)
			}
			if done {
				break
			}
			c.end("one")
		}
	}
	after := Check(t.Context(), Options{API: c.api, Facts: true})
	for _, n := range after.Nodes {
		if n.Cordoned != (n.Name != "w-0") || n.DrainSince.IsZero() != (n.Name == "w-0") {
			t.Errorf("%+v", n)
		}
	}
}

// TestPagesOfAnAPIServer reads more nodes than one page has.
func TestPagesOfAnAPIServer(t *testing.T) {
	c := newCluster(t)
	const many = 620
	for i := range many {
		c.node(fmt.Sprintf("w-%03d", i), fmt.Sprintf("server-%03d", i), corev1.ConditionTrue)
	}
	report := Check(t.Context(), Options{API: c.api, Facts: true, Timeout: time.Minute})
	if report.Health != driver.Healthy || len(report.Nodes) != many || report.Nodes[many-1].ServerID != "server-619" {
		t.Errorf("%d nodes, %v", len(report.Nodes), report.Health)
	}
}
