package nodes

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/heatsync/heatsync/plugins/driver"
)

// What a node says of itself.
const (
	// GroupLabel names a node's group, as Magnum's nodes do.
	GroupLabel = "magnum.openstack.org/nodegroup"
	// DrainSince is the annotation that says since when a node is being emptied
	// (RFC 3339, the agent's clock).
	DrainSince = "heatsync.io/drain-since"

	providerPrefix = "openstack://"
)

// FactsOf reads what a driver wants to know of a node. Pods and blocked evictions
// are not in it.
func FactsOf(n corev1.Node) driver.Node {
	since, _ := time.Parse(time.RFC3339, n.Annotations[DrainSince])
	return driver.Node{
		Name: n.Name, ServerID: serverID(n), Group: n.Labels[GroupLabel],
		Ready: isReady(n), Cordoned: n.Spec.Unschedulable, Created: n.CreationTimestamp.UTC(), DrainSince: since,
	}
}

// serverID is the id of the node's server. openstack:///ID and
// openstack://REGION/ID are what the cloud controller writes; before it did, the
// kubelet's system UUID is the same id (Nova gives it to the firmware).
func serverID(n corev1.Node) string {
	if rest, ok := strings.CutPrefix(n.Spec.ProviderID, providerPrefix); ok {
		return strings.ToLower(rest[strings.LastIndex(rest, "/")+1:])
	}
	if n.Spec.ProviderID != "" {
		return "" // another cloud's
	}
	return strings.ToLower(n.Status.NodeInfo.SystemUUID)
}

func isReady(n corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// unready says why a node is not ready, in the kubelet's words.
func unready(n corev1.Node) string {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue {
			return strings.TrimSuffix(plain(c.Reason)+": "+plain(c.Message), ": ")
		}
	}
	return "it has not said yet that it is ready"
}

// plain is a text of one line, no longer than people read.
func plain(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool { return r < ' ' || r == ' ' || r == 0x7f }), " ")
	if r := []rune(text); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return text
}

// stays tells whether a pod is of no account to a drain: a DaemonSet's comes
// back at once, a mirror is the kubelet's own, and what has ended runs no more.
func stays(p corev1.Pod) bool {
	owner := metav1.GetControllerOf(&p)
	_, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]
	return mirror || owner != nil && owner.Kind == "DaemonSet" ||
		p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// countPods adds to nodes how many pods they run, and how many of these a budget
// lets nobody evict now.
func countPods(nodes []driver.Node, pods []corev1.Pod, budgets []policyv1.PodDisruptionBudget) {
	at := make(map[string]int, len(nodes))
	for i, n := range nodes {
		at[n.Name] = i
	}
	guards := exhausted(budgets)
	for _, p := range pods {
		i, ok := at[p.Spec.NodeName]
		if !ok || stays(p) {
			continue
		}
		nodes[i].Pods++
		if guards.hold(p) {
			nodes[i].BlockedEvictions++
		}
	}
}

// guardsOf are the selectors of budgets that allow no disruption, by namespace.
type guardsOf map[string][]labels.Selector

func exhausted(budgets []policyv1.PodDisruptionBudget) guardsOf {
	out := guardsOf{}
	for _, b := range budgets {
		if b.Status.DisruptionsAllowed > 0 {
			continue
		}
		if s, err := metav1.LabelSelectorAsSelector(b.Spec.Selector); err == nil {
			out[b.Namespace] = append(out[b.Namespace], s)
		}
	}
	return out
}

func (g guardsOf) hold(p corev1.Pod) bool {
	for _, s := range g[p.Namespace] {
		if s.Matches(labels.Set(p.Labels)) {
			return true
		}
	}
	return false
}
