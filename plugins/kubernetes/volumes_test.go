package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// TestAGroupsVolumeIsItsOwn: the agent has filled in the cluster's size where a
// group says none, so 0 is a group without the volume.
func TestAGroupsVolumeIsItsOwn(t *testing.T) {
	for _, c := range []struct {
		name           string
		cluster, group int64 // GiB
		want           string
	}{
		{"a group without, of a cluster with", 20, 0, "0"},
		{"a group with, of a cluster without", 0, 7, "7"},
		{"another size", 20, 7, "7"},
		{"the cluster's", 20, 20, "20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			cluster.DockerVolumeSizeGiB = c.cluster
			group(func(g *driver.NodeGroup) { g.DockerVolumeSizeGiB = c.group })(&cluster)
			p := newDriver().Render(driver.RenderInput{Cluster: cluster, Secrets: secrets()}).Parameters
			if got := p["docker_volume_size_gpu"]; got != c.want {
				t.Errorf("the group's servers get %q GiB, want %q", got, c.want)
			}
			stack, _ := kubernetes.Rendered(options(), cluster)
			for file, waits := range map[string]bool{"boot/gpu-1": c.group > 0, "boot/default-worker-1": c.cluster > 0, "boot/default-master-1": c.cluster > 0} {
				if env := unpacked(t, stack.Files[file])["/etc/heatsync/node.env"]; strings.Contains(env, "CONTAINERS_VOLUME='yes'") != waits {
					t.Errorf("nodes of %s wait for the volume: %v, want %v\n%s", file, !waits, waits, env)
				}
			}
		})
	}
}
