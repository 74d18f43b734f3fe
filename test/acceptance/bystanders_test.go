package acceptance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bystanders are things like those that clusters make, and none of a cluster of the
// test's: one whose name begins like two's has made some, and people the others.
type bystanders struct {
	all   []beside
	shown map[thing]map[string]any
}

func (s *story) bystanders(t *testing.T, who *services) *bystanders {
	t.Helper()
	network := who.add(t, "networks", map[string]any{"name": s.fleet + "-bystanders"})
	subnet := who.add(t, "subnets", map[string]any{"network_id": network.id(), "cidr": "10.77.0.0/24", "ip_version": 4})
	var b bystanders
	for _, cluster := range []string{s.stackName("two-more"), ""} {
		b.all = append(b.all, who.makeBeside(t, cluster, subnet.id()))
	}
	return &b
}

// stand waits until nothing is being made of them any more, and keeps how they are.
func (b *bystanders) stand(t *testing.T, s *story, who *services) {
	t.Helper()
	b.shown = map[thing]map[string]any{}
	for _, of := range b.all {
		s.becomes(t, who, of.balancer, "provisioning_status", "ACTIVE")
		s.becomes(t, who, of.volume, "status", "available")
		for _, x := range of.all() {
			b.shown[x] = who.show(t, x)
		}
	}
}

// untouched wants them to be as they were.
func (b *bystanders) untouched(t *testing.T, who *services) {
	t.Helper()
	for x, was := range b.shown {
		if diff := cmp.Diff(was, who.show(t, x)); diff != "" {
			t.Errorf("bystander %s (-was +is):\n%s", x, diff)
		}
	}
}
