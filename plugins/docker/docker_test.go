package docker_test

import (
	"testing"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
)

// web is a small cluster with nothing but what is required.
func web() driver.Cluster {
	return driver.Cluster{
		Fleet: "prod", Name: "web", COE: "docker", Distro: "ubuntu", ServerType: "vm",
		Image: "ubuntu", Keypair: "ops", Flavor: "m1.small", ExternalNetwork: "public",
		FloatingIPEnabled: true, TimeoutMinutes: 60,
		NodeGroups: []driver.NodeGroup{{Name: "default-master", Role: "master", NodeCount: 1, IsDefault: true}, worker(1)},
	}
}

func worker(n int) driver.NodeGroup {
	return driver.NodeGroup{Name: "default-worker", Role: "worker", NodeCount: n, IsDefault: true}
}

func TestRendersWithoutComplaint(t *testing.T) {
	r := docker.New().Render(driver.RenderInput{Cluster: web()})
	if len(r.Diagnostics) > 0 || r.Digest == "" {
		t.Errorf("%+v", r)
	}
}
