package acceptance

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/test/census"
)

// beside is what controllers inside a cluster have made in the cloud, beside its stack.
type beside struct{ balancer, address, volume thing }

func (b beside) all() []thing { return []thing{b.balancer, b.address, b.volume} }

// makeBeside makes what Kubernetes' cloud controller makes for a Service of type
// LoadBalancer and the CSI driver for a claim, with the marks of a cluster as
// cloud-provider-openstack writes them (pkg/openstack/loadbalancer.go,
// pkg/csi/cinder/controllerserver.go). Without a cluster a person has made it all.
func (s *services) makeBeside(t *testing.T, cluster, subnet string) beside {
	t.Helper()
	b := beside{
		balancer: s.add(t, "load balancers", balancerFields(cluster, subnet)),
		volume:   s.add(t, "volumes", volumeFields(cluster)),
	}
	b.address = s.add(t, "floating IPs", addressFields(cluster, s.named(t, "networks", s.site.external)))
	return b
}

func balancerFields(cluster, subnet string) map[string]any {
	name := "web"
	out := map[string]any{"vip_subnet_id": subnet}
	if cluster != "" {
		name = "kube_service_" + cluster + "_default_web"
		out["description"], out["tags"] = "Kubernetes external service default/web from cluster "+cluster, []string{name}
	}
	out["name"] = name
	pool := map[string]any{
		"name": "pool_0_" + name, "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN",
		"members": []map[string]any{{"address": "10.0.0.77", "protocol_port": 30080}},
	}
	out["listeners"] = []map[string]any{{"name": "listener_0_" + name, "protocol": "TCP", "protocol_port": 80, "default_pool": pool}}
	return out
}

func addressFields(cluster, network string) map[string]any {
	out := map[string]any{"floating_network_id": network}
	if cluster != "" {
		out["description"] = "Floating IP for Kubernetes external service default/web from cluster " + cluster
	}
	return out
}

func volumeFields(cluster string) map[string]any {
	out := map[string]any{"name": "pvc-5d3c8a1e", "size": 1}
	if cluster != "" {
		out["metadata"] = map[string]string{"cinder.csi.openstack.org/cluster": cluster, "csi.storage.k8s.io/pvc/name": "data"}
	}
	return out
}

// named is the id of the one thing of a kind that has a name.
func (s *services) named(t *testing.T, kind, name string) string {
	t.Helper()
	token, _ := s.Token(t)
	var all map[string][]struct{ ID, Name string }
	if err := json.Unmarshal(census.Fetch(t, s.List(kind)+"?name="+name, token), &all); err != nil {
		t.Fatal(err)
	}
	for _, rows := range all {
		if len(rows) == 1 {
			return rows[0].ID
		}
	}
	t.Fatalf("there is no one %s of %s", name, kind)
	return ""
}

// makeInUse makes what a cluster's controllers would, and uses it: the load balancer's
// address is the floating one, and the volume is on a node.
func (s *story) makeInUse(t *testing.T, who *services, cluster string) beside {
	t.Helper()
	having := s.having(t, s.row(t, cluster))
	b := who.makeBeside(t, s.stackName(cluster), having["OS::Neutron::Subnet"][0])
	s.becomes(t, who, b.volume, "status", "available")
	who.write(t, http.MethodPut, string(b.address), "floatingip", map[string]any{"port_id": who.show(t, b.balancer)["vip_port_id"]})
	attachments := who.List("servers") + "/" + having["OS::Nova::Server"][0] + "/os-volume_attachments"
	who.post(t, attachments, "volumeAttachment", map[string]any{"volumeId": b.volume.id()})
	return b
}

// stands waits until nothing is being made of them any more.
func (b beside) stands(t *testing.T, s *story, who *services) {
	t.Helper()
	s.becomes(t, who, b.balancer, "provisioning_status", "ACTIVE")
	s.becomes(t, who, b.volume, "status", "in-use")
}

// cleans waits for a deletion that tells what it removes first.
func (s *story) cleans(t *testing.T, cluster string) {
	s.waitFleet(t, "what the deletion of "+cluster+" waits for", func(f fleetStatus) bool {
		c, stack := f.cluster(cluster), s.stackName(cluster)
		return c.word() == "waiting drain" && strings.HasPrefix(c.Message, "remove what the cluster made beside stack "+stack+": load balancer kube_service_"+stack+"_default_web: is being deleted; volume pvc-5d3c8a1e: is ")
	})
}

// becomes waits until a service shows a thing with a value.
func (s *story) becomes(t *testing.T, who *services, x thing, field, value string) {
	t.Helper()
	s.wait(t, value+" at "+string(x), func() (string, bool) {
		seen, _ := who.show(t, x)[field].(string)
		return seen, seen == value
	})
}
