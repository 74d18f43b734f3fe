package kubernetes_test

import (
	"reflect"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"

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

// TestVolumesAreInTheirServersZone, as Magnum has them. Without a zone volumes have
// not even an empty one: to Heat that is another, and a volume cannot change its
// zone, so that those of clusters that are there would be replaced.
func TestVolumesAreInTheirServersZone(t *testing.T) {
	zone := set("availability_zone", "az1")
	volumes := all(set("etcd_volume_size", "9"), func(c *driver.Cluster) { c.DockerVolumeSizeGiB = 9 })
	for _, c := range []struct {
		name          string
		change        func(*driver.Cluster)
		master, group string // templates
		zoned         bool
	}{
		{"no zone", volumes, "group_master.yaml", "group_minion.yaml", false},
		{"no zone, booting volumes", all(volumes, set("boot_volume_size", "9")), "group_master_volume.yaml", "group_minion_volume.yaml", false},
		{"a zone", all(volumes, zone), "group_master_zone.yaml", "group_minion_zone.yaml", true},
		{"a zone, booting volumes", all(zone, set("boot_volume_size", "9")), "group_master_volume_zone.yaml", "group_minion_volume_zone.yaml", true},
		{"a zone and no volumes", zone, "group_master.yaml", "group_minion.yaml", false},
		{"a zone and a volume of masters alone", all(zone, set("etcd_volume_size", "9")), "group_master_zone.yaml", "group_minion.yaml", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			c.change(&cluster)
			stack, ds := kubernetes.Rendered(options(), cluster)
			root := templateOf(t, stack.Template)
			for resource, want := range map[string]string{"default-master-1": c.master, "default-worker-1": c.group} {
				if got := root.Resources[resource].Type; got != want {
					t.Errorf("%s is a %s, want %s (%v)", resource, got, want, ds)
				}
			}
			for name, r := range templateOf(t, stack.Files[strings.TrimPrefix(root.Resources["default-master-1"].Type, "group_")]).Resources {
				zone, has := r.Properties["availability_zone"]
				if r.Type == "OS::Cinder::Volume" && (has != c.zoned || has && !reflect.DeepEqual(zone, map[string]any{"get_param": "availability_zone"})) {
					t.Errorf("%s has the zone %v", name, zone)
				}
			}
		})
	}
}

// TestAGroupsVolumesAreInItsZone: the label is one that groups have of their own.
func TestAGroupsVolumesAreInItsZone(t *testing.T) {
	cluster := blue()
	group(func(g *driver.NodeGroup) {
		g.DockerVolumeSizeGiB, g.Labels = 9, map[string]string{"availability_zone": "az2"}
	})(&cluster)
	stack, ds := kubernetes.Rendered(options(), cluster)
	root := templateOf(t, stack.Template)
	for resource, want := range map[string]string{"gpu-1": "group_minion_zone.yaml", "default-worker-1": "group_minion.yaml"} {
		if got := root.Resources[resource].Type; got != want {
			t.Errorf("%s is a %s, want %s (%v)", resource, got, want, ds)
		}
	}
}

type template struct {
	Resources map[string]struct {
		Type       string
		Properties map[string]any
	}
}

func templateOf(t *testing.T, text string) template {
	t.Helper()
	var out template
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
