package leftovers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// row is a thing of a service, as its list shows it.
type row map[string]any

// fakeCloud has Octavia, Neutron, Cinder and Nova behind one address, with pages
// of two rows whatever limit is asked for.
type fakeCloud struct {
	mu    sync.Mutex
	lists map[string][]row // by path
	log   []string         // what was changed: METHOD path
	// instead answers in the services' place, where it says so.
	instead func(http.ResponseWriter, *http.Request) bool

	credential driver.Credential
}

const (
	balancers = "/octavia/v2.0/lbaas/loadbalancers"
	addresses = "/neutron/v2.0/floatingips"
	volumes   = "/cinder/v3/p/volumes"
	token     = "t0ken"
)

func newFake(t *testing.T) *fakeCloud {
	t.Helper()
	f := &fakeCloud{lists: map[string][]row{}}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	f.credential = driver.Credential{Token: token, Endpoints: map[string]string{
		"load-balancer": s.URL + "/octavia", "network": s.URL + "/neutron/v2.0/", "block-storage": s.URL + "/cinder/v3/p", "compute": s.URL + "/nova/v2.1",
	}}
	return f
}

func (f *fakeCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.instead != nil && f.instead(w, r) {
		return
	}
	if r.Header.Get("X-Auth-Token") != token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodDelete {
		f.drop(w, r)
		return
	}
	path := strings.TrimSuffix(r.URL.Path, "/detail")
	rows, name := f.lists[path], path[strings.LastIndex(path, "/")+1:]
	from := 0
	if m := r.URL.Query().Get("marker"); m != "" {
		from = 1 + slices.IndexFunc(rows, func(r row) bool { return r["id"] == m })
		if from == 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
	}
	rows = rows[from:min(from+2, len(rows))]
	_ = json.NewEncoder(w).Encode(map[string]any{name: append([]row{}, rows...), name + "_links": []string{}})
}

func (f *fakeCloud) drop(w http.ResponseWriter, r *http.Request) {
	f.log = append(f.log, r.Method+" "+r.URL.RequestURI())
	if server, ok := strings.CutPrefix(r.URL.Path, "/nova/v2.1/servers/"); ok {
		_, id, _ := strings.Cut(server, "/os-volume_attachments/")
		for _, v := range f.lists[volumes] {
			if v["id"] == id {
				v["status"] = "detaching"
			}
		}
		w.WriteHeader(http.StatusAccepted)
		return
	}
	path, id := r.URL.Path[:strings.LastIndex(r.URL.Path, "/")], r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	at := slices.IndexFunc(f.lists[path], func(r row) bool { return r["id"] == id })
	switch {
	case at < 0:
		w.WriteHeader(http.StatusNotFound)
	case path == balancers:
		f.lists[path][at]["provisioning_status"] = "PENDING_DELETE"
		w.WriteHeader(http.StatusNoContent)
	case path == volumes:
		f.lists[path][at]["status"] = "deleting"
		w.WriteHeader(http.StatusAccepted)
	default:
		f.lists[path] = slices.Delete(f.lists[path], at, at+1)
		w.WriteHeader(http.StatusNoContent)
	}
}

// ended takes away what is being deleted, as the services do in their time.
func (f *fakeCloud) ended() {
	for path, rows := range f.lists {
		f.lists[path] = slices.DeleteFunc(rows, func(r row) bool { return r["provisioning_status"] == "PENDING_DELETE" || r["status"] == "deleting" })
		for _, r := range f.lists[path] {
			if r["status"] == "detaching" {
				r["status"] = "available"
			}
		}
	}
}

func (f *fakeCloud) addBalancer(name, description, status string) {
	f.lists[balancers] = append(f.lists[balancers], row{
		"id": "lb" + strconv.Itoa(len(f.lists[balancers])), "name": name, "description": description, "provisioning_status": status,
	})
}

func (f *fakeCloud) addService(cluster, of, status string) {
	f.addBalancer("kube_service_"+cluster+"_"+strings.Replace(of, "/", "_", 1), fmt.Sprintf("Kubernetes external service %s from cluster %s", of, cluster), status)
}

// addIngress is a load balancer of the Octavia ingress controller's, whose
// description gets a version once all of it is there.
func (f *fakeCloud) addIngress(cluster, namespace, name, version string) {
	description := fmt.Sprintf("Kubernetes ingress %s in namespace %s from cluster %s", name, namespace, cluster)
	if version != "" {
		description = fmt.Sprintf("Kubernetes Ingress %s in namespace %s from cluster %s, version: %s", name, namespace, cluster, version)
	}
	f.addBalancer("kube_ingress_"+cluster+"_"+namespace+"_"+name, description, "ACTIVE")
}

func (f *fakeCloud) addAddress(ip, description string) {
	f.lists[addresses] = append(f.lists[addresses], row{"id": "ip" + ip, "floating_ip_address": ip, "description": description})
}

func (f *fakeCloud) addVolume(name, cluster, status string, servers ...string) {
	v := row{"id": "v-" + name, "name": name, "status": status, "metadata": row{"cinder.csi.openstack.org/cluster": cluster}}
	for _, s := range servers {
		v["attachments"] = []row{{"server_id": s}}
	}
	f.lists[volumes] = append(f.lists[volumes], v)
}
