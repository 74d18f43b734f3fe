package nodes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/heatsync/heatsync/plugins/driver"
)

// fakeAPI is an API server as far as this package can tell: client certificates,
// paged lists, merge patches with their UID, and the eviction subresource with
// budgets (409 for another UID, 429 with its cause and a Retry-After).
type fakeAPI struct {
	mu      sync.Mutex
	nodes   map[string]*corev1.Node
	pods    map[string]*corev1.Pod // by namespace/name
	budgets []policyv1.PodDisruptionBudget
	failing []string // checks of /readyz
	linger  bool     // pods that were asked away stay, terminating
	log     []string // METHOD path, in order
	expire  int      // so many continued lists answer 410
	// instead answers a request in the API's place, where it says so.
	instead func(http.ResponseWriter, *http.Request) bool

	api driver.ClusterAPI
}

func newAPI(t *testing.T) *fakeAPI {
	t.Helper()
	ca := newCA(t, "cluster")
	f := &fakeAPI{nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{}}
	s := httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{ca.server(t)}, ClientCAs: ca.pool(),
		ClientAuth: tls.RequestClientCert,
	}
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	f.api = ca.access(t, s.URL)
	return f
}

func (f *fakeAPI) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, r.Method+" "+r.URL.Path)
	if f.instead != nil {
		instead := f.instead
		f.mu.Unlock()
		done := instead(w, r)
		f.mu.Lock()
		if done {
			return
		}
	}
	if !f.trusts(r) {
		status(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized")
		return
	}
	switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case r.URL.Path == "/readyz":
		f.readyz(w)
	case r.URL.Path == "/api/v1/nodes":
		f.list(w, r, "NodeList", each(f.nodes, func(n *corev1.Node) (corev1.Node, bool) { return *n, true }))
	case r.URL.Path == "/api/v1/pods":
		node, one := strings.CutPrefix(r.URL.Query().Get("fieldSelector"), "spec.nodeName=")
		f.list(w, r, "PodList", each(f.pods, func(p *corev1.Pod) (corev1.Pod, bool) { return *p, !one || p.Spec.NodeName == node }))
	case r.URL.Path == "/apis/policy/v1/poddisruptionbudgets":
		f.list(w, r, "PodDisruptionBudgetList", each(index(f.budgets), func(b *policyv1.PodDisruptionBudget) (policyv1.PodDisruptionBudget, bool) { return *b, true }))
	case len(parts) == 4 && parts[2] == "nodes":
		f.node(w, r, parts[3])
	case len(parts) == 6 && parts[4] == "pods" && r.Method == http.MethodDelete:
		f.remove(w, r, parts[3]+"/"+parts[5])
	case len(parts) == 7 && parts[6] == "eviction" && r.Method == http.MethodPost:
		f.evict(w, r, parts[3]+"/"+parts[5])
	default:
		status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	}
}

func (f *fakeAPI) trusts(r *http.Request) bool {
	for _, c := range r.TLS.PeerCertificates {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(f.api.CACertificatePEM)
		if _, err := c.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
			return true
		}
	}
	return false
}

func (f *fakeAPI) readyz(w http.ResponseWriter) {
	if len(f.failing) == 0 {
		fmt.Fprint(w, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n")
		return
	}
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprint(w, "[+]ping ok\n")
	for _, c := range f.failing {
		fmt.Fprintf(w, "[-]%s failed: reason withheld\n", c)
	}
	fmt.Fprint(w, "readyz check failed\n")
}

func index[T any](of []T) map[string]*T {
	out := map[string]*T{}
	for i := range of {
		out[fmt.Sprintf("%04d", i)] = &of[i]
	}
	return out
}

func each[T any](of map[string]*T, take func(*T) (T, bool)) []any {
	var names []string
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []any
	for _, name := range names {
		if v, ok := take(of[name]); ok {
			out = append(out, v)
		}
	}
	return out
}

func (f *fakeAPI) list(w http.ResponseWriter, r *http.Request, kind string, items []any) {
	q := r.URL.Query()
	from, _ := strconv.Atoi(q.Get("continue"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "nobody reads whole lists")
		return
	}
	if from > 0 && f.expire > 0 {
		f.expire--
		status(w, http.StatusGone, metav1.StatusReasonExpired, "The provided continue parameter is too old")
		return
	}
	meta := map[string]any{"resourceVersion": "1"}
	if from+limit < len(items) {
		meta["continue"] = strconv.Itoa(from + limit)
	}
	answer(w, http.StatusOK, map[string]any{
		"kind": kind, "apiVersion": strings.TrimPrefix(strings.TrimPrefix(path.Dir(r.URL.Path), "/apis/"), "/api/"), "metadata": meta, "items": append([]any{}, items[min(from, len(items)):min(from+limit, len(items))]...),
	})
}

func (f *fakeAPI) node(w http.ResponseWriter, r *http.Request, name string) {
	n := f.nodes[name]
	if n == nil {
		status(w, http.StatusNotFound, metav1.StatusReasonNotFound, fmt.Sprintf("nodes %q not found", name))
		return
	}
	if r.Method == http.MethodPatch {
		var patch struct {
			Metadata struct {
				UID         types.UID
				Annotations map[string]*string
			}
			Spec struct{ Unschedulable *bool }
		}
		if r.Header.Get("Content-Type") != string(types.MergePatchType) || json.NewDecoder(r.Body).Decode(&patch) != nil {
			status(w, http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, "no merge patch")
			return
		}
		if patch.Metadata.UID != n.UID {
			status(w, http.StatusConflict, metav1.StatusReasonConflict, "Precondition failed: UID in precondition")
			return
		}
		for k, v := range patch.Metadata.Annotations {
			if v == nil {
				delete(n.Annotations, k)
			} else if n.Annotations == nil {
				n.Annotations = map[string]string{k: *v}
			} else {
				n.Annotations[k] = *v
			}
		}
		if patch.Spec.Unschedulable != nil {
			n.Spec.Unschedulable = *patch.Spec.Unschedulable
		}
	}
	answer(w, http.StatusOK, typed(n, "Node"))
}

func (f *fakeAPI) evict(w http.ResponseWriter, r *http.Request, key string) {
	var e policyv1.Eviction
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &e) != nil || e.APIVersion != "policy/v1" || e.Kind != "Eviction" || "/"+e.Name != key[strings.Index(key, "/"):] {
		status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "no eviction: "+string(body))
		return
	}
	p := f.pods[key]
	if p == nil {
		status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "pod not found")
		return
	}
	if u := e.DeleteOptions.Preconditions.UID; u != nil && *u != p.UID {
		status(w, http.StatusConflict, metav1.StatusReasonConflict, "Precondition failed: UID in precondition")
		return
	}
	for i := range f.budgets {
		b := &f.budgets[i]
		s, _ := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if b.Namespace != p.Namespace || !s.Matches(labels.Set(p.Labels)) || p.DeletionTimestamp != nil {
			continue
		}
		if b.Status.DisruptionsAllowed <= 0 {
			w.Header().Set("Retry-After", "10")
			statusWith(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests,
				"Cannot evict pod as it would violate the pod's disruption budget.", metav1.StatusCause{
					Type: policyv1.DisruptionBudgetCause, Message: fmt.Sprintf("The disruption budget %s needs 2 healthy pods and has 2 currently", b.Name),
				})
			return
		}
		b.Status.DisruptionsAllowed--
	}
	f.terminate(key)
	status(w, http.StatusCreated, "", "")
}

func (f *fakeAPI) remove(w http.ResponseWriter, r *http.Request, key string) {
	var o metav1.DeleteOptions
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &o); err != nil {
		status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	if o.GracePeriodSeconds != nil && *o.GracePeriodSeconds == 0 {
		delete(f.pods, key)
	} else {
		f.terminate(key)
	}
	status(w, http.StatusOK, "", "")
}

func (f *fakeAPI) terminate(key string) {
	if !f.linger {
		delete(f.pods, key)
		return
	}
	f.pods[key].DeletionTimestamp = &metav1.Time{Time: time.Now()}
}

func typed(v runtime.Object, kind string) any {
	v.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return v
}

func status(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	statusWith(w, code, reason, message)
}

func statusWith(w http.ResponseWriter, code int, reason metav1.StatusReason, message string, causes ...metav1.StatusCause) {
	s := metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: int32(code), Reason: reason, Message: message}
	if code < 300 {
		s.Status = "Success"
	}
	if len(causes) > 0 {
		s.Details = &metav1.StatusDetails{Causes: causes}
	}
	answer(w, code, s)
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// ---- what stories are made of

func (f *fakeAPI) addNode(name, id string, change ...func(*corev1.Node)) {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + id), Labels: map[string]string{GroupLabel: "default-worker"}}}
	n.Spec.ProviderID = "openstack:///" + id
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady"}}
	for _, c := range change {
		c(n)
	}
	f.nodes[name] = n
}

func broken(n *corev1.Node) {
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Reason: "NodeStatusUnknown", Message: "Kubelet stopped\nposting node status."}}
}

func (f *fakeAPI) addPod(node, name string, change ...func(*corev1.Pod)) {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-" + name), Labels: map[string]string{"app": name}}}
	p.Spec.NodeName = node
	p.Status.Phase = corev1.PodRunning
	for _, c := range change {
		c(p)
	}
	f.pods[p.Namespace+"/"+p.Name] = p
}

func daemon(p *corev1.Pod) {
	yes := true
	p.OwnerReferences = []metav1.OwnerReference{{Kind: "DaemonSet", Name: "ds", Controller: &yes}}
}

func mirror(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} }

func ended(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }

func (f *fakeAPI) addBudget(app string, allowed int32) {
	b := policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: app + "-budget"}}
	b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	b.Status.DisruptionsAllowed = allowed
	f.budgets = append(f.budgets, b)
}

func (f *fakeAPI) client(t *testing.T) *Client {
	t.Helper()
	c, err := Dial(f.api)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
