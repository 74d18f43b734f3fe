package nodes

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name    string
		api     func(*nodestest.API)
		o       Options
		health  driver.Health
		reasons map[string]string
		nodes   []driver.Node
		console string
	}{
		{
			name:   "all is well",
			api:    func(f *nodestest.API) { f.AddNode("w-0", "a"); f.AddNode("w-1", "b") },
			health: driver.Healthy, reasons: map[string]string{"api": "ok", "w-0.Ready": "True", "w-1.Ready": "True"},
			nodes: []driver.Node{
				{Name: "w-0", ServerID: "a", Group: "default-worker", Ready: true},
				{Name: "w-1", ServerID: "b", Group: "default-worker", Ready: true},
			},
		},
		{
			name:   "a node is down",
			api:    func(f *nodestest.API) { f.AddNode("w-0", "a"); f.AddNode("w-1", "b", nodestest.Broken) },
			health: driver.Unhealthy,
			reasons: map[string]string{
				"api": "ok", "w-0.Ready": "True", "w-1.Ready": "False", "w-1.Reason": "NodeStatusUnknown: Kubelet stopped posting node status.",
			},
			nodes: []driver.Node{
				{Name: "w-0", ServerID: "a", Group: "default-worker", Ready: true},
				{Name: "w-1", ServerID: "b", Group: "default-worker"},
			},
		},
		{
			name: "the API server's checks fail",
			api: func(f *nodestest.API) {
				f.AddNode("w-0", "a")
				f.Failing = []string{"poststarthook/rbac/bootstrap-roles", "etcd"}
			},
			health: driver.Unhealthy,
			reasons: map[string]string{
				"api": "not ready: etcd, poststarthook/rbac/bootstrap-roles", "api.etcd": "failed",
				"api.poststarthook/rbac/bootstrap-roles": "failed", "w-0.Ready": "True",
			},
			nodes: []driver.Node{{Name: "w-0", ServerID: "a", Group: "default-worker", Ready: true}},
		},
		{name: "no node has joined", api: func(*nodestest.API) {}, health: driver.Unhealthy, reasons: map[string]string{"api": "ok", "nodes": "none has joined the cluster"}},
		{
			name: "no node has joined yet", api: func(*nodestest.API) {}, o: Options{Booting: true},
			health: driver.Unknown, reasons: map[string]string{"api": "ok", "nodes": "none has joined the cluster"},
		},
		{
			name: "no node has joined, and a console may tell why", api: func(*nodestest.API) {}, o: Options{Console: "m0"},
			health: driver.Unhealthy, reasons: map[string]string{"api": "ok", "nodes": "none has joined the cluster"}, console: "m0",
		},
		{
			name: "a private cluster", api: func(*nodestest.API) {}, o: Options{Unreachable: "the cluster has no floating IP: the agent cannot reach it"},
			health: driver.Unknown, reasons: map[string]string{"api": "the cluster has no floating IP: the agent cannot reach it"},
		},
		{
			name: "pods and budgets", o: Options{Facts: true},
			api: func(f *nodestest.API) {
				f.AddNode("w-0", "a")
				f.AddPod("w-0", "web")
				f.AddPod("w-0", "db")
				f.AddPod("w-0", "log", nodestest.Daemon)
				f.AddPod("w-0", "proxy", nodestest.Mirror)
				f.AddPod("w-0", "job", nodestest.Ended)
				f.AddPod("gone", "lost")
				f.AddBudget("db", 0)
				f.AddBudget("web", 1)
			},
			health: driver.Healthy, reasons: map[string]string{"api": "ok", "w-0.Ready": "True"},
			nodes: []driver.Node{{Name: "w-0", ServerID: "a", Group: "default-worker", Ready: true, Pods: 2, BlockedEvictions: 1}},
		},
		{
			name: "facts that cannot be read leave no nodes", o: Options{Facts: true},
			api: func(f *nodestest.API) {
				f.AddNode("w-0", "a")
				f.Instead = answering("/api/v1/pods", http.StatusForbidden, metav1.StatusReasonForbidden)
			},
			health: driver.Healthy, reasons: map[string]string{"api": "ok", "w-0.Ready": "True", "pods": "the pods cannot be read: it does not allow the agent to look (403)"},
		},
		{
			name: "nodes that cannot be read",
			api: func(f *nodestest.API) {
				f.Instead = answering("/api/v1/nodes", http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable)
			},
			health: driver.Unknown, reasons: map[string]string{"api": "ok", "nodes": "the nodes cannot be read: it answers Service Unavailable"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := nodestest.New(t)
			c.api(f)
			c.o.API = f.Access
			got := Check(t.Context(), c.o)
			want := driver.HealthReport{Health: c.health, Reasons: c.reasons, Nodes: c.nodes, ConsoleServerID: c.console}
			for i := range got.Nodes {
				got.Nodes[i].Created = time.Time{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func answering(path string, code int, reason metav1.StatusReason) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			nodestest.Status(w, code, reason, "s3cret")
		}
		return r.URL.Path == path
	}
}

// listen serves over TLS and gives the server's URL.
func listen(t *testing.T, c *tls.Config, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS, s.Config.ErrorLog = c, nodestest.Quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// An answer without an end is cut, whatever time there is: reading 16 MiB under the
// race detector takes more than the others need.
func TestCheckCutsAnAnswerWithoutAnEnd(t *testing.T) {
	own := nodestest.NewCA(t, "own")
	url := listen(t, &tls.Config{Certificates: []tls.Certificate{own.Server(t)}}, func(w http.ResponseWriter, _ *http.Request) {
		for range maxAnswer/4096 + 2 {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	got := Check(t.Context(), Options{API: own.Access(t, url), Timeout: time.Minute})
	if got.Health != driver.Unknown || !strings.Contains(got.Reasons["api"], "longer than 16 MiB") {
		t.Errorf("health %d, reasons %q", got.Health, got.Reasons)
	}
}

// What stands in the way of an answer is told by its likeliest cause, and
// nothing of what a server says, nor of a key, is repeated.
func TestCheckTellsWhy(t *testing.T) {
	const canary = "s3cret"
	own := nodestest.NewCA(t, "own")
	serve := func(t *testing.T, c *tls.Config, h http.HandlerFunc) driver.ClusterAPI {
		return own.Access(t, listen(t, c, h))
	}
	trusted := func(t *testing.T, h http.HandlerFunc) driver.ClusterAPI {
		return serve(t, &tls.Config{Certificates: []tls.Certificate{own.Server(t)}}, h)
	}
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, canary) }
	for _, c := range []struct {
		name   string
		api    func(*testing.T) driver.ClusterAPI
		health driver.Health
		says   string
	}{
		{"another cluster's CA", func(t *testing.T) driver.ClusterAPI {
			return serve(t, &tls.Config{Certificates: []tls.Certificate{nodestest.NewCA(t, "other").Server(t)}}, ok)
		}, driver.Unknown, "another CA than this cluster's"},
		{"a certificate that ended", func(t *testing.T) driver.ClusterAPI {
			return serve(t, &tls.Config{Certificates: []tls.Certificate{own.ServerFor(t, time.Now().Add(-time.Minute), net.ParseIP("127.0.0.1"))}}, ok)
		}, driver.Unknown, "not valid at this time"},
		{"a certificate for another address", func(t *testing.T) driver.ClusterAPI {
			return serve(t, &tls.Config{Certificates: []tls.Certificate{own.ServerFor(t, time.Now().Add(time.Minute), net.ParseIP("10.0.0.1"))}}, ok)
		}, driver.Unknown, "does not name this address"},
		{"a server that refuses our certificate", func(t *testing.T) driver.ClusterAPI {
			return serve(t, &tls.Config{Certificates: []tls.Certificate{own.Server(t)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: nodestest.NewCA(t, "other").Pool(), MaxVersion: tls.VersionTLS12}, ok)
		}, driver.Unknown, "refused the agent's client certificate"},
		{"a cluster made with another CA", func(t *testing.T) driver.ClusterAPI {
			return trusted(t, func(w http.ResponseWriter, _ *http.Request) {
				nodestest.Status(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, canary)
			})
		}, driver.Unknown, "(401)"},
		{"nothing listens", func(t *testing.T) driver.ClusterAPI {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			return own.Access(t, "https://"+l.Addr().String())
		}, driver.Unhealthy, "refused: nothing listens there"},
		{"nobody answers", func(t *testing.T) driver.ClusterAPI {
			return trusted(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, driver.Unhealthy, "does not answer in time"},
		{"a balancer without members", func(t *testing.T) driver.ClusterAPI {
			return own.Access(t, "https://"+hangUp(t))
		}, driver.Unhealthy, "the connection broke"},
		{"a server that ends under the request", func(t *testing.T) driver.ClusterAPI {
			return trusted(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, driver.Unhealthy, "the connection broke"},
		{"no TLS", func(t *testing.T) driver.ClusterAPI {
			s := httptest.NewServer(http.HandlerFunc(ok))
			t.Cleanup(s.Close)
			return own.Access(t, "https"+strings.TrimPrefix(s.URL, "http"))
		}, driver.Unknown, "does not speak TLS"},
		{"a redirect", func(t *testing.T) driver.ClusterAPI {
			return trusted(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login?"+canary, http.StatusFound) })
		}, driver.Unknown, "a redirect"},
		{"no certificates", func(t *testing.T) driver.ClusterAPI { return driver.ClusterAPI{Address: "https://127.0.0.1:1"} }, driver.Unknown, "no certificates for this cluster"},
		{"no address", func(t *testing.T) driver.ClusterAPI { return driver.ClusterAPI{} }, driver.Unknown, "address of the cluster's API is not known"},
		{"an address without TLS", func(t *testing.T) driver.ClusterAPI { return own.Access(t, "http://127.0.0.1:1") }, driver.Unknown, "not an https address"},
		{"keys that cannot be read", func(t *testing.T) driver.ClusterAPI {
			a := own.Access(t, "https://127.0.0.1:1")
			a.ClientKeyPEM = []byte(canary)
			return a
		}, driver.Unknown, "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api, limit := c.api(t), time.Minute
			if c.name == "nobody answers" { // the others get the time they need
				limit = 2 * time.Second
			}
			began := time.Now()
			got := Check(t.Context(), Options{API: api, Timeout: limit})
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
			if got.Health != c.health || !strings.Contains(got.Reasons["api"], c.says) {
				t.Errorf("health %d, reasons %q; wanted %d and %q", got.Health, got.Reasons, c.health, c.says)
			}
			if len(got.Nodes) > 0 || strings.Contains(fmt.Sprint(got), canary) {
				t.Errorf("it tells too much: %v", got)
			}
			// A console tells of servers that nobody hears of, not of strangers who answer.
			young := Check(t.Context(), Options{API: api, Timeout: limit, Booting: true, Console: "m0"})
			if (young.ConsoleServerID == "m0") != (c.health == driver.Unhealthy) {
				t.Errorf("the console of %q is to be read", young.ConsoleServerID)
			}
			if young.Health != driver.Unknown {
				t.Errorf("a young cluster's health is %d", young.Health)
			}
		})
	}
}

// hangUp takes connections, hears who is there and ends them without a word. It
// gives its address.
func hangUp(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 64<<10))
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestFiveHundredNodes(t *testing.T) {
	f := nodestest.New(t)
	for i := range 500 {
		f.AddNode(fmt.Sprintf("w-%03d", i), fmt.Sprintf("id-%03d", i))
	}
	f.Expire = 1 // half way, once
	got := Check(t.Context(), Options{API: f.Access, Timeout: time.Minute})
	if got.Health != driver.Healthy || len(got.Nodes) != 500 || got.Nodes[499].ServerID != "id-499" {
		t.Errorf("%d nodes, %d", len(got.Nodes), got.Health)
	}
	f.Expire = 9 // again and again
	got = Check(t.Context(), Options{API: f.Access, Timeout: time.Minute})
	if got.Health != driver.Unknown || len(got.Nodes) != 0 {
		t.Errorf("half a list gave %d nodes, %d: %s", len(got.Nodes), got.Health, got.Reasons["nodes"])
	}
}

func TestServerID(t *testing.T) {
	f := nodestest.New(t)
	for id, want := range map[string]string{
		"openstack:///4F-a": "4f-a", "openstack://RegionOne/4f-a": "4f-a", "aws:///x": "", "": "9c",
	} {
		f.AddNode("n", "x")
		n := f.Nodes["n"]
		n.Spec.ProviderID, n.Status.NodeInfo.SystemUUID = id, "9C"
		if got := FactsOf(*n).ServerID; got != want {
			t.Errorf("%q gives %q, not %q", id, got, want)
		}
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	f := nodestest.New(t)
	f.Instead = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if got := Check(ctx, Options{API: f.Access}); got.Health != driver.Unknown || !strings.Contains(got.Reasons["api"], "the agent ended the call") {
		t.Errorf("%d %q", got.Health, got.Reasons)
	}
}
