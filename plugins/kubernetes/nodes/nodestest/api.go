package nodestest

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

// API is an API server as far as package nodes can tell: client certificates,
// paged lists, merge patches with their UID, and the eviction subresource with
// budgets (409 for another UID, 429 with its cause and a Retry-After).
type API struct {
	Mu      sync.Mutex // of what follows, while it serves
	Nodes   map[string]*corev1.Node
	Pods    map[string]*corev1.Pod // by namespace/name
	Budgets []policyv1.PodDisruptionBudget
	Failing []string // checks of /readyz
	Linger  bool     // pods that were asked away stay, terminating
	Log     []string // METHOD path, in order
	Expire  int      // so many continued lists answer 410
	// Instead answers a request in the API's place, where it says so.
	Instead func(http.ResponseWriter, *http.Request) bool

	Access driver.ClusterAPI // as the agent gives it to drivers
}

// New serves one until the test ends.
func New(t *testing.T) *API {
	t.Helper()
	ca := NewCA(t, "cluster")
	f := Trusting(pemOf("CERTIFICATE", ca.cert.Raw))
	s := httptest.NewUnstartedServer(f)
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{ca.Server(t)}, ClientCAs: ca.Pool(),
		ClientAuth: tls.RequestClientCert,
	}
	s.Config.ErrorLog = Quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	f.Access = ca.Access(t, s.URL)
	return f
}

// Trusting is one that lets in the clients of a CA that is there, for who serves it
// by a TLS that asks for their certificates. Of its Access that CA alone is known.
func Trusting(caCertificatePEM []byte) *API {
	return &API{
		Nodes: map[string]*corev1.Node{}, Pods: map[string]*corev1.Pod{},
		Access: driver.ClusterAPI{CACertificatePEM: caCertificatePEM},
	}
}

// ServeHTTP implements http.Handler.
func (f *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Log = append(f.Log, r.Method+" "+r.URL.Path)
	if f.Instead != nil {
		instead := f.Instead
		f.Mu.Unlock()
		done := instead(w, r)
		f.Mu.Lock()
		if done {
			return
		}
	}
	if !f.trusts(r) {
		Status(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized")
		return
	}
	switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case r.URL.Path == "/readyz":
		f.readyz(w)
	case r.URL.Path == "/api/v1/nodes":
		f.list(w, r, "NodeList", each(f.Nodes, func(n *corev1.Node) (corev1.Node, bool) { return *n, true }))
	case r.URL.Path == "/api/v1/pods":
		node, one := strings.CutPrefix(r.URL.Query().Get("fieldSelector"), "spec.nodeName=")
		f.list(w, r, "PodList", each(f.Pods, func(p *corev1.Pod) (corev1.Pod, bool) { return *p, !one || p.Spec.NodeName == node }))
	case r.URL.Path == "/apis/policy/v1/poddisruptionbudgets":
		f.list(w, r, "PodDisruptionBudgetList", each(index(f.Budgets), func(b *policyv1.PodDisruptionBudget) (policyv1.PodDisruptionBudget, bool) { return *b, true }))
	case len(parts) == 4 && parts[2] == "nodes":
		f.node(w, r, parts[3])
	case len(parts) == 6 && parts[4] == "pods" && r.Method == http.MethodDelete:
		f.remove(w, r, parts[3]+"/"+parts[5])
	case len(parts) == 7 && parts[6] == "eviction" && r.Method == http.MethodPost:
		f.evict(w, r, parts[3]+"/"+parts[5])
	default:
		Status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	}
}

func (f *API) trusts(r *http.Request) bool {
	for _, c := range r.TLS.PeerCertificates {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(f.Access.CACertificatePEM)
		if _, err := c.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
			return true
		}
	}
	return false
}

func (f *API) readyz(w http.ResponseWriter) {
	if len(f.Failing) == 0 {
		fmt.Fprint(w, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n")
		return
	}
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprint(w, "[+]ping ok\n")
	for _, c := range f.Failing {
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

func (f *API) list(w http.ResponseWriter, r *http.Request, kind string, items []any) {
	q := r.URL.Query()
	from, _ := strconv.Atoi(q.Get("continue"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		Status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "nobody reads whole lists")
		return
	}
	if from > 0 && f.Expire > 0 {
		f.Expire--
		Status(w, http.StatusGone, metav1.StatusReasonExpired, "The provided continue parameter is too old")
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

func (f *API) node(w http.ResponseWriter, r *http.Request, name string) {
	n := f.Nodes[name]
	if n == nil {
		Status(w, http.StatusNotFound, metav1.StatusReasonNotFound, fmt.Sprintf("nodes %q not found", name))
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
			Status(w, http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, "no merge patch")
			return
		}
		if patch.Metadata.UID != n.UID {
			Status(w, http.StatusConflict, metav1.StatusReasonConflict, "Precondition failed: UID in precondition")
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

func (f *API) evict(w http.ResponseWriter, r *http.Request, key string) {
	var e policyv1.Eviction
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &e) != nil || e.APIVersion != "policy/v1" || e.Kind != "Eviction" || "/"+e.Name != key[strings.Index(key, "/"):] {
		Status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "no eviction: "+string(body))
		return
	}
	p := f.Pods[key]
	if p == nil {
		Status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "pod not found")
		return
	}
	if u := e.DeleteOptions.Preconditions.UID; u != nil && *u != p.UID {
		Status(w, http.StatusConflict, metav1.StatusReasonConflict, "Precondition failed: UID in precondition")
		return
	}
	for i := range f.Budgets {
		b := &f.Budgets[i]
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
	Status(w, http.StatusCreated, "", "")
}

func (f *API) remove(w http.ResponseWriter, r *http.Request, key string) {
	var o metav1.DeleteOptions
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &o); err != nil {
		Status(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	if o.GracePeriodSeconds != nil && *o.GracePeriodSeconds == 0 {
		delete(f.Pods, key)
	} else {
		f.terminate(key)
	}
	Status(w, http.StatusOK, "", "")
}

func (f *API) terminate(key string) {
	if !f.Linger {
		delete(f.Pods, key)
		return
	}
	f.Pods[key].DeletionTimestamp = &metav1.Time{Time: time.Now()}
}

func typed(v runtime.Object, kind string) any {
	v.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return v
}

// Status answers as Kubernetes answers what is no object.
func Status(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
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
