package nodestest

import (
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// groupLabel is nodes.GroupLabel, which this package cannot import: its tests use it.
const groupLabel = "magnum.openstack.org/nodegroup"

// AddNode joins a node of group default-worker, ready.
func (f *API) AddNode(name, id string, change ...func(*corev1.Node)) {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + id), Labels: map[string]string{groupLabel: "default-worker"}}}
	n.Spec.ProviderID = "openstack:///" + id
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady"}}
	for _, c := range change {
		c(n)
	}
	f.Nodes[name] = n
}

// Broken is a node of which nobody has heard for a while.
func Broken(n *corev1.Node) {
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Reason: "NodeStatusUnknown", Message: "Kubelet stopped\nposting node status."}}
}

// AddPod runs a pod of namespace default, with the label app of its name.
func (f *API) AddPod(node, name string, change ...func(*corev1.Pod)) {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-" + name), Labels: map[string]string{"app": name}}}
	p.Spec.NodeName = node
	p.Status.Phase = corev1.PodRunning
	for _, c := range change {
		c(p)
	}
	f.Pods[p.Namespace+"/"+p.Name] = p
}

// Daemon is a pod of a DaemonSet.
func Daemon(p *corev1.Pod) {
	yes := true
	p.OwnerReferences = []metav1.OwnerReference{{Kind: "DaemonSet", Name: "ds", Controller: &yes}}
}

// Mirror is a static pod.
func Mirror(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} }

// Ended is a pod that has run to its end.
func Ended(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }

// AddBudget guards the pods of an app.
func (f *API) AddBudget(app string, allowed int32) {
	b := policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: app + "-budget"}}
	b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	b.Status.DisruptionsAllowed = allowed
	f.Budgets = append(f.Budgets, b)
}
