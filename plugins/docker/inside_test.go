package docker_test

import (
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

func TestInsideOnHeatsim(t *testing.T) { inside(t, simulated(t)) }

func TestInsideOnHeat(t *testing.T) { inside(t, realCloud(t)) }

// inside tries the other half of the conditions: a network that is there, no
// floating IP, no volume, a zone.
func inside(t *testing.T, s *site) {
	tags, err := heat.NewTags("story")
	if err != nil {
		t.Fatal(err)
	}
	const net = "story-network"
	c := web()
	c.Fleet, c.Name, c.Image, c.Keypair = "story", "inside", s.Image, s.Keypair
	c.ExternalNetwork, c.FloatingIPEnabled = "", false
	c.FixedNetwork, c.FixedSubnet = net, net
	c.Labels = map[string]string{"availability_zone": "nova"}
	x := &teller{t, s, docker.New(), c}
	name := heatstack.StackName(c)
	t.Cleanup(func() { x.Clear(x.T, net) })
	_, err = s.Client.Create(t.Context(), net, tags, heat.Spec{Template: []byte(`{
		"heat_template_version": "2018-08-31", "resources": {
			"n": {"type": "OS::Neutron::Net", "properties": {"name": "` + net + `"}},
			"s": {"type": "OS::Neutron::Subnet", "properties": {"name": "` + net + `", "network": {"get_resource": "n"}, "cidr": "10.9.0.0/24"}}}}`)})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(t, net)
	t.Cleanup(func() { x.Clear(x.T, name) })

	x.does("create stack "+name, driver.EffectAdd)
	x.wants(driver.Facts{Known: true, NodesLive: 1})
	x.c.Labels = map[string]string{"availability_zone": "nova", "allowed_cidrs": "10.0.0.0/8,192.0.2.0/24"}
	x.does("update stack "+name+": labels.allowed_cidrs 0.0.0.0/0 -> 10.0.0.0/8,192.0.2.0/24 (in place)", driver.EffectInPlace)
	x.gone(name)
}
