package leftovers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
)

const ours = "prod--pay"

// round cleans once and holds what is left, and what was changed, to what is wanted.
func round(t *testing.T, f *fakeCloud, o Options, left, changed []string) {
	t.Helper()
	o.Cluster = ours
	f.log = nil
	got, err := Clean(t.Context(), f.credential, o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{left, changed}, [][]string{got, f.log}); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
}

func TestClean(t *testing.T) {
	f := newFake(t)
	round(t, f, Options{}, nil, nil)
	f.addService(ours, "default/web", "ACTIVE")
	f.addService(ours, "shop/api", "PENDING_UPDATE")
	f.addService("prod--pay2", "default/web", "ACTIVE")
	f.addAddress("192.0.2.1", "Floating IP for Kubernetes external service default/web from cluster "+ours)
	f.addAddress("192.0.2.2", "")
	f.addVolume("pvc-1", ours, "in-use", "s1")
	f.addVolume("pvc-2", ours, "available")
	f.addVolume("pvc-3", "kubernetes", "available")

	round(t, f, Options{Volumes: true}, []string{
		"load balancer kube_service_prod--pay_default_web: is being deleted",
		"load balancer kube_service_prod--pay_shop_api: is PENDING_UPDATE",
		"volume pvc-1: is being detached", "volume pvc-2: is being deleted",
	}, []string{
		"DELETE " + addresses + "/ip192.0.2.1", "DELETE " + balancers + "/lb0?cascade=true",
		"DELETE /nova/v2.1/servers/s1/os-volume_attachments/v-pvc-1", "DELETE " + volumes + "/v-pvc-2?cascade=true",
	})
	round(t, f, Options{Volumes: true}, []string{
		"load balancer kube_service_prod--pay_default_web: is PENDING_DELETE",
		"load balancer kube_service_prod--pay_shop_api: is PENDING_UPDATE",
		"volume pvc-1: is detaching", "volume pvc-2: is deleting",
	}, nil)
	f.lists[balancers][1]["provisioning_status"] = "ERROR"
	f.ended()
	round(t, f, Options{Volumes: true}, []string{
		"load balancer kube_service_prod--pay_shop_api: is being deleted", "volume pvc-1: is being deleted",
	}, []string{"DELETE " + balancers + "/lb1?cascade=true", "DELETE " + volumes + "/v-pvc-1?cascade=true"})
	f.ended()
	round(t, f, Options{Volumes: true}, nil, nil)
	if len(f.lists[balancers]) != 1 || len(f.lists[addresses]) != 1 || len(f.lists[volumes]) != 1 {
		t.Errorf("what is others' was touched: %v", f.lists)
	}
}

func TestVolumesAreKept(t *testing.T) {
	f := newFake(t)
	f.addVolume("pvc-1", ours, "available")
	round(t, f, Options{}, nil, nil)
}

// TestIngressesGo with their floating IPs, before and after the controller was done
// with them.
func TestIngressesGo(t *testing.T) {
	f := newFake(t)
	f.addIngress(ours, "default", "web.example.org", "")
	f.addIngress(ours, "shop", "api", "4711")
	f.addIngress("prod--pay2", "shop", "api", "4711")
	f.addIngress("pay", "shop", "api", "")
	f.addAddress("192.0.2.1", "Floating IP for Kubernetes ingress api in namespace shop from cluster "+ours)
	f.addAddress("192.0.2.2", "Floating IP for Kubernetes ingress web.example.org in namespace default from cluster "+ours)
	f.addAddress("192.0.2.3", "Floating IP for Kubernetes ingress api in namespace shop from cluster prod--pay2")
	f.addAddress("192.0.2.4", "Floating IP for Kubernetes ingress api in namespace shop from cluster "+ours+", kept")
	round(t, f, Options{}, []string{
		"load balancer kube_ingress_prod--pay_default_web.example.org: is being deleted",
		"load balancer kube_ingress_prod--pay_shop_api: is being deleted",
	}, []string{
		"DELETE " + addresses + "/ip192.0.2.1", "DELETE " + addresses + "/ip192.0.2.2",
		"DELETE " + balancers + "/lb0?cascade=true", "DELETE " + balancers + "/lb1?cascade=true",
	})
	f.ended()
	round(t, f, Options{}, nil, nil)
	if len(f.lists[balancers]) != 2 || len(f.lists[addresses]) != 2 {
		t.Errorf("what is others' was touched: %v", f.lists)
	}
}

// Nothing without both marks goes.
func TestMarks(t *testing.T) {
	long := strings.Repeat("n", 63)
	description := "Kubernetes external service %s from cluster %s"
	began := "Kubernetes ingress %s in namespace %s from cluster %s"
	done := "Kubernetes Ingress %s in namespace %s from cluster %s, version: %s"
	for _, c := range []struct {
		name, title, description string
		want                     bool
	}{
		{"ours", "kube_service_prod--pay_default_web", fmt.Sprintf(description, "default/web", ours), true},
		{"a name without a description", "kube_service_prod--pay_default_web", "", false},
		{"a person's, shared with a service", "mine", fmt.Sprintf(description, "default/web", ours), false},
		{"name and description of two services", "kube_service_prod--pay_default_web", fmt.Sprintf(description, "default/api", ours), false},
		{"a cluster whose name begins like ours", "kube_service_prod--pay_x_default_web", fmt.Sprintf(description, "default/web", ours+"_x"), false},
		{"a description that goes on", "kube_service_prod--pay_default_web", fmt.Sprintf(description, "default/web", ours) + " and more", false},
		{"a description with a trick", "kube_service_prod--pay_default_web", fmt.Sprintf(description, "default/web from cluster x default/web", ours), false},
		{"the API's own, of Heat", "prod--pay-api", "", false},
		{"no service", "kube_service_prod--pay_default", fmt.Sprintf(description, "default", ours), false},
		{"long names, whole", "kube_service_prod--pay_" + long + "_" + long, fmt.Sprintf(description, long+"/"+long, ours), true},
		{"an ingress's", "kube_ingress_prod--pay_shop_a.b", fmt.Sprintf(began, "a.b", "shop", ours), true},
		{"an ingress's that is done", "kube_ingress_prod--pay_shop_a.b", fmt.Sprintf(done, "a.b", "shop", ours, "815"), true},
		{"an ingress's name without a description", "kube_ingress_prod--pay_shop_web", "", false},
		{"a person's with an ingress's description", "mine", fmt.Sprintf(began, "web", "shop", ours), false},
		{"name and description of two ingresses", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(began, "shop", "web", ours), false},
		{"a service's name, an ingress's description", "kube_service_prod--pay_shop_web", fmt.Sprintf(began, "web", "shop", ours), false},
		{"an ingress's name, a service's description", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(description, "shop/web", ours), false},
		{"an ingress of another fleet's", "kube_ingress_test--pay_shop_web", fmt.Sprintf(done, "web", "shop", "test--pay", "815"), false},
		{"an ingress of the cluster's bare name", "kube_ingress_pay_shop_web", fmt.Sprintf(done, "web", "shop", "pay", "815"), false},
		{"an ingress of a cluster whose name goes on", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(began, "web", "shop", ours+"2"), false},
		{"an ingress of a cluster whose name goes on as ours is done", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(began, "web", "shop", ours+", version: 1x"), false},
		{"an ingress of no version", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(done, "web", "shop", ours, ""), false},
		{"an ingress with a trick", "kube_ingress_prod--pay_shop_web", fmt.Sprintf(began, "web in namespace shop from cluster x", "shop", ours), false},
		{"a namespace of no name", "kube_ingress_prod--pay_sh.op_web", fmt.Sprintf(began, "web", "sh.op", ours), false},
		{"an ingress of no name", "kube_ingress_prod--pay_shop_", fmt.Sprintf(began, "", "shop", ours), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.addBalancer(c.title, c.description, "ACTIVE")
			left, err := Clean(t.Context(), f.credential, Options{Cluster: ours})
			if err != nil || (len(left) > 0) != c.want || (len(f.log) > 0) != c.want {
				t.Errorf("left %q, changed %q, %v", left, f.log, err)
			}
		})
	}
}

// A list that is not whole removes nothing, of any service.
func TestPartialReadsRemoveNothing(t *testing.T) {
	answers := func(path string, with func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, path) {
				return false
			}
			with(w, r)
			return true
		}
	}
	code := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	text := func(text string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	second := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("marker") != "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		fmt.Fprint(w, `{"floatingips":[{"id":"a"}]}`)
	}
	for _, c := range []struct {
		name, says, code string
		instead          func(http.ResponseWriter, *http.Request) bool
	}{
		{"Octavia is down", "list loadbalancers of Octavia: Octavia answers 503", "unavailable", answers(balancers, code(503))},
		{"Octavia forbids", "Octavia answers 403", "auth", answers(balancers, code(403))},
		{"Neutron wants to be asked less", "Neutron answers 429", "rate-limit", answers(addresses, code(429))},
		{"the second page fails", "Neutron answers 502", "unavailable", answers(addresses, second)},
		{"a page twice", "rows came twice", "unavailable", answers(addresses, text(`{"floatingips":[{"id":"a"}]}`))},
		{"a row without an id", "rows came twice", "unavailable", answers(addresses, text(`{"floatingips":[{}]}`))},
		{"another answer", "holds no such list", "unavailable", answers(volumes, text(`{"servers":[]}`))},
		{"a page of a proxy", "invalid character", "unavailable", answers(volumes, text("<html>"))},
		{"half an answer", "unexpected end", "unavailable", answers(volumes, text(`{"volumes":[`))},
		{"a redirect", "answers 302", "unavailable", answers(balancers, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.addService(ours, "default/web", "ACTIVE")
			f.addVolume("pvc-1", ours, "available")
			f.addAddress("192.0.2.1", "Floating IP for Kubernetes external service default/web from cluster "+ours)
			f.instead = c.instead
			_, err := Clean(t.Context(), f.credential, Options{Cluster: ours, Volumes: true})
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), token) {
				t.Errorf("error %v; wanted %q", err, c.says)
			}
			if len(f.log) > 0 {
				t.Errorf("it changed %q", f.log)
			}
			if got := FaultOf(err); got.Code != c.code || !got.Transient {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestCleanGoesOnPastWhatIsHeld(t *testing.T) {
	f := newFake(t)
	f.addService(ours, "default/web", "ACTIVE")
	f.addService(ours, "default/api", "ACTIVE")
	f.addAddress("192.0.2.1", "Floating IP for Kubernetes external service default/web from cluster "+ours)
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method != http.MethodDelete:
			return false
		case strings.Contains(r.URL.Path, "lb0"):
			w.WriteHeader(http.StatusConflict)
		case strings.Contains(r.URL.Path, "ip192"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.Contains(r.URL.Path, "lb1"):
			w.WriteHeader(http.StatusNotFound) // gone since the list
		}
		return true
	}
	round(t, f, Options{}, []string{
		"floating IP 192.0.2.1: Neutron answers 500 Internal Server Error",
		"load balancer kube_service_prod--pay_default_api: is being deleted",
		"load balancer kube_service_prod--pay_default_web: is in use or being changed",
	}, nil)
}

func TestCleanRefuses(t *testing.T) {
	f := newFake(t)
	for _, name := range []string{"", "a_b", "a b"} {
		if _, err := Clean(t.Context(), f.credential, Options{Cluster: name}); err == nil {
			t.Errorf("it cleans cluster %q", name)
		}
	}
	bad := f.credential
	bad.Endpoints = map[string]string{"network": "ftp://x"}
	if _, err := Clean(t.Context(), bad, Options{Cluster: ours}); err == nil {
		t.Error("it asks an ftp server")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Clean(ctx, f.credential, Options{Cluster: ours}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// A cloud without Octavia and Cinder has nothing of them.
	delete(f.credential.Endpoints, "load-balancer")
	delete(f.credential.Endpoints, "block-storage")
	round(t, f, Options{Volumes: true}, nil, nil)
}

func TestCleanStep(t *testing.T) {
	f := newFake(t)
	f.addService(ours, "default/web", "ACTIVE")
	in := driver.ApplyInput{StackName: ours, Credential: f.credential}
	if waits, fault := CleanStep(t.Context(), in, false); fault != nil || len(waits) != 1 {
		t.Errorf("%q %+v", waits, fault)
	}
	f.ended()
	if waits, fault := CleanStep(t.Context(), in, false); fault != nil || len(waits) != 0 {
		t.Errorf("%q %+v", waits, fault)
	}
	in.Credential.Token = "other"
	if _, fault := CleanStep(t.Context(), in, false); fault == nil || fault.Code != "auth" {
		t.Errorf("%+v", fault)
	}
}
