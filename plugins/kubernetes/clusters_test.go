package kubernetes_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/test/census"
	"github.com/heatsync/heatsync/test/heatsite"
)

func TestClustersOnHeatsim(t *testing.T) {
	clusters(t, func(t *testing.T) *site { return simulated(t) })
}

// TestClustersOnHeat is in a project of its own, which is as empty afterwards as
// before.
func TestClustersOnHeat(t *testing.T) {
	t.Parallel() // with the story: a real Heat is mostly waited for
	const project = "dev2"
	heatsite.RealOf(t, project) // or skip
	who, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: project, File: os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")})
	if err != nil {
		t.Fatal(err)
	}
	defer who.Close()
	count := census.Of(who)
	before := count.Take(t)
	t.Run("all", func(t *testing.T) {
		clusters(t, func(t *testing.T) *site { return heatsite.RealOf(t, project) })
	})
	left := count.Take(t).Beyond(before)
	for tries := 0; len(left) > 0 && tries < 60; tries++ { // the networks that were there are being deleted
		time.Sleep(2 * time.Second)
		left = count.Take(t).Beyond(before)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// foreign is the network that some clusters find there.
func foreign(c driver.Cluster) string { return "story-" + c.Name }

// inside puts a cluster on a network that is there, without floating IPs.
func inside(c *driver.Cluster) {
	c.ExternalNetwork, c.FloatingIPEnabled, c.FixedNetwork, c.FixedSubnet = "", false, foreign(*c), foreign(*c)
}

// clusters makes and deletes clusters that between them take both sides of every
// condition of the templates. A second plan finds nothing to do.
func clusters(t *testing.T, cloud func(*testing.T) *site) {
	for _, c := range []struct {
		name   string
		change func(*site, *driver.Cluster)
		want   map[string]int // things by type
		api    string         // begins with
	}{
		{
			"atomic-public", func(s *site, c *driver.Cluster) { c.Distro, c.NetworkDriver = "fedora-atomic", "calico" },
			map[string]int{servers: 2, loadBal: 0, volumes: 0, networks: 1, "OS::Neutron::FloatingIP": 2, "OS::Nova::ServerGroup": 2},
			"https://",
		},
		{"coreos-three", func(s *site, c *driver.Cluster) {
			c.Distro, c.MasterLBEnabled, c.VolumeDriver, c.DockerVolumeSizeGiB = "fedora-coreos", true, "cinder", 1
			c.NodeGroups = []driver.NodeGroup{
				master(3), worker(1),
				{Name: "gpu", Role: "gpu", NodeCount: 1, NodeLabels: map[string]string{"example.org/gpu": "a100"}},
				{Name: "none", Role: "worker"},
				{Name: "spot", Role: "worker", NodeCount: 2, DockerVolumeSizeGiB: 2, Labels: map[string]string{"docker_volume_type": "__DEFAULT__"}},
			}
			set("etcd_volume_size", "1", "boot_volume_size", "2", "availability_zone", "nova", "master_lb_allowed_cidrs", "192.0.2.0/24")(c)
		}, map[string]int{servers: 7, loadBal: 1, volumes: 16, networks: 1, "OS::Neutron::FloatingIP": 8, "OS::Octavia::PoolMember": 3}, "https://"},
		{"flatcar-inside-lb", func(s *site, c *driver.Cluster) {
			c.Distro, c.MasterLBEnabled, c.NetworkDriver = "flatcar", true, "cilium"
			inside(c)
			set("cloud_provider_enabled", "false", "nodes_affinity_policy", "none", "fixed_subnet_cidr", "10.9.0.0/24")(c)
		}, map[string]int{servers: 2, loadBal: 1, networks: 0, "OS::Neutron::FloatingIP": 0, "OS::Nova::ServerGroup": 0}, "https://10.9.0."},
		{"iron-inside", func(s *site, c *driver.Cluster) {
			c.ServerType, c.APIServerPort, c.Keypair = "bm", 8443, ""
			inside(c)
		}, map[string]int{servers: 2, loadBal: 0, networks: 0, "OS::Nova::ServerGroup": 0}, "https://10.9.0."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := cloud(t)
			x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, c.name)}
			c.change(s, &x.c)
			if x.c.FixedNetwork != "" {
				x.makeNetwork()
			}
			name := heatstack.StackName(x.c)
			t.Cleanup(func() { x.Clear(x.T, name) })
			x.does("create stack "+name, driver.EffectAdd)
			for kind, n := range c.want {
				x.counts(kind, n)
			}
			facts := x.plan(driver.IntentPresent, x.Row(t, name), true).Facts
			nodes := 0
			for _, g := range x.c.NodeGroups[1:] {
				nodes += g.NodeCount
			}
			if !strings.HasPrefix(facts.APIAddress, c.api) || facts.NodesLive != nodes {
				t.Errorf("facts are %+v, want an API at %s and %d nodes", facts, c.api, nodes)
			}
			access := x.d.(driver.AccessGiver).GetAccess(x.c, x.Row(t, name), x.Parts(t, x.Row(t, name), []driver.Part{driver.PartOutputs}))
			if access.Environment["KUBERNETES_MASTER"] != facts.APIAddress {
				t.Errorf("access is %+v", access)
			}
			x.gone(name)
		})
	}
}

// makeNetwork makes the network that is there.
func (x *teller) makeNetwork() {
	x.Helper()
	tags, err := heat.NewTags("story")
	net := foreign(x.c)
	if err == nil {
		x.Cleanup(func() { x.Clear(x.T, net) })
		_, err = x.Client.Create(x.Context(), net, tags, heat.Spec{Template: []byte(`{
			"heat_template_version": "2018-08-31", "resources": {
				"n": {"type": "OS::Neutron::Net", "properties": {"name": "` + net + `"}},
				"s": {"type": "OS::Neutron::Subnet", "properties": {"name": "` + net + `", "network": {"get_resource": "n"}, "cidr": "10.9.0.0/24"}}}}`)})
	}
	if err != nil {
		x.Fatal(err)
	}
	x.Settle(x.T, net)
}
