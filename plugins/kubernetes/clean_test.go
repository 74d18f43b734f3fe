package kubernetes_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// besides is what a cluster may make beside its stack: lists of Octavia, Neutron
// and Cinder, of which things go when they are asked to.
type besides struct {
	mu    sync.Mutex
	lists map[string][]map[string]any // by the last word of their path
	log   []string                    // METHOD word, or word/id
	url   string
}

func newBesides(t *testing.T) *besides {
	t.Helper()
	b := &besides{lists: map[string][]map[string]any{}}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	b.url = s.URL
	return b
}

func (b *besides) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := strings.TrimSuffix(r.URL.Path, "/detail")
	name := path.Base(at)
	if r.Method == http.MethodDelete {
		list := path.Base(path.Dir(at))
		b.log = append(b.log, "DELETE "+list+"/"+name)
		b.lists[list] = slices.DeleteFunc(b.lists[list], func(row map[string]any) bool { return row["id"] == name })
		w.WriteHeader(http.StatusNoContent)
		return
	}
	b.log = append(b.log, "GET "+name)
	rows := b.lists[name]
	if rows == nil || r.URL.Query().Get("marker") != "" {
		rows = []map[string]any{}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{name: rows})
}

// endpoints adds those services to what a step is trusted with.
func (b *besides) endpoints(c driver.Credential) driver.Credential {
	all := map[string]string{"load-balancer": b.url + "/lb", "network": b.url + "/net", "block-storage": b.url + "/v3/p", "compute": b.url + "/nova"}
	for k, v := range c.Endpoints {
		all[k] = v
	}
	c.Endpoints = all
	return c
}

// made is a load balancer of a service with its floating IP, one of an ingress, and
// the volume of a claim, as the controllers of the stack's cluster mark them.
func (b *besides) made(stack string) {
	b.lists["loadbalancers"] = append(b.lists["loadbalancers"], map[string]any{
		"id": "lb-" + stack, "name": "kube_service_" + stack + "_default_web", "provisioning_status": "ACTIVE",
		"description": "Kubernetes external service default/web from cluster " + stack,
	}, map[string]any{
		"id": "ingress-" + stack, "name": "kube_ingress_" + stack + "_default_web", "provisioning_status": "ACTIVE",
		"description": "Kubernetes Ingress web in namespace default from cluster " + stack + ", version: 815",
	})
	b.lists["floatingips"] = append(b.lists["floatingips"], map[string]any{
		"id": "ip-" + stack, "floating_ip_address": "192.0.2.1", "description": "Floating IP for Kubernetes external service default/web from cluster " + stack,
	})
	b.lists["volumes"] = append(b.lists["volumes"], map[string]any{
		"id": "v-" + stack, "name": "pvc", "status": "available", "metadata": map[string]string{"cinder.csi.openstack.org/cluster": stack},
	})
}

// ids of all that is there.
func (b *besides) ids() []string {
	out := []string{}
	for _, rows := range b.lists {
		for _, r := range rows {
			out = append(out, fmt.Sprint(r["id"]))
		}
	}
	slices.Sort(out)
	return out
}

// cleaned tells what is asked of the cloud before the cluster's stack is deleted.
func cleaned(t *testing.T, c driver.Cluster) []string {
	t.Helper()
	b := newBesides(t)
	in := driver.ApplyInput{Cluster: c, StackName: heatstack.StackName(c), Credential: b.endpoints(driver.Credential{Token: "t"})}
	if waits, fault := (kubernetes.Driver{}).Clean(t.Context(), in, nil); len(waits) > 0 || fault != nil {
		t.Errorf("%q, %+v", waits, fault)
	}
	return b.log
}

// What a cluster made goes before its stack, and volumes where that is wanted: by
// the document, or by the stack where no more than the name is left of it.
func TestWhatAClusterMadeGoesBeforeItsStack(t *testing.T) {
	for _, c := range []struct {
		name           string
		made, document string // policies; "-": no more than the name
		keeps          bool
	}{
		{"kept unless it is said", "", "-", true},
		{"deleted, as the stack says", "delete", "-", false},
		{"deleted, as the document says", "retain", "delete", false},
		{"kept, as the document says", "delete", "retain", true},
		{"kept, as the document does not say", "delete", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := simulated(t)
			b := newBesides(t)
			s.Credential = b.endpoints(s.Credential)
			x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, "blue")}
			x.c.VolumeDriver = "cinder"
			if c.made != "" {
				set("volumes_policy", c.made)(&x.c)
			}
			name := heatstack.StackName(x.c)
			x.does("create stack "+name, driver.EffectAdd)
			b.made(name)
			b.made("prod--other")
			want := []string{"ingress-prod--other", "ip-prod--other", "lb-prod--other", "v-prod--other"}
			if c.keeps {
				want = append(want, "v-"+name)
			}
			x.c.Labels = map[string]string{}
			switch c.document {
			case "":
			case "-":
				x.c = driver.Cluster{Fleet: x.c.Fleet, Name: x.c.Name}
			default:
				x.c.Labels["volumes_policy"] = c.document
			}
			x.gone(name)
			if diff := cmp.Diff(want, b.ids()); diff != "" {
				t.Errorf("-want +left\n%s", diff)
			}
		})
	}
}

// Nothing can be told to be an adopted cluster's: its controllers have another name.
func TestAdoptedClustersAreDeletedAsTheyAre(t *testing.T) {
	b := newBesides(t)
	in := driver.ApplyInput{
		Cluster: driver.Cluster{Fleet: "prod", Name: "blue"}, StackName: "k8s_x7f", Credential: b.endpoints(driver.Credential{Token: "t"}),
	}
	if waits, fault := (kubernetes.Driver{}).Clean(t.Context(), in, nil); len(waits) > 0 || fault != nil || len(b.log) > 0 {
		t.Errorf("%q, %+v, asked %q", waits, fault, b.log)
	}
}

// The controllers of a cluster mark what they make with its stack's name: that of the
// cluster may be another fleet's in the same project too.
func TestControllersKnowTheStack(t *testing.T) {
	c := blue()
	stack, _ := kubernetes.Rendered(options(), c)
	env := unpacked(t, stack.Files["boot/default-master-1"])["/etc/heatsync/node.env"]
	if want := "STACK='" + heatstack.StackName(c) + "'\n"; !strings.Contains(env, want) {
		t.Errorf("control-plane nodes are not told %s:\n%s", want, env)
	}
}
