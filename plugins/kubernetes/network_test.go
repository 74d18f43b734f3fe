package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// TestFlannelsUDPHasItsModule: flanneld makes a device of tun with the backend udp.
func TestFlannelsUDPHasItsModule(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		want   string
	}{
		{"vxlan", func(*driver.Cluster) {}, "overlay\nbr_netfilter\nvxlan\n"},
		{"udp", set("flannel_backend", "udp"), "overlay\nbr_netfilter\nvxlan\ntun\n"},
		{"udp, but Calico", all(set("flannel_backend", "udp"), func(c *driver.Cluster) { c.NetworkDriver = "calico" }), "overlay\nbr_netfilter\nvxlan\nipip\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			c.change(&cluster)
			stack, _ := kubernetes.Rendered(options(), cluster)
			for _, group := range []string{"boot/default-master-1", "boot/default-worker-1"} {
				files := unpacked(t, stack.Files[group])
				if got := files["/etc/modules-load.d/heatsync.conf"]; got != c.want {
					t.Errorf("%s loads %q, want %q", group, got, c.want)
				}
				if want := "MODULES='" + strings.TrimSpace(strings.ReplaceAll(c.want, "\n", " ")) + "'\n"; !strings.Contains(files["/etc/heatsync/node.env"], want) {
					t.Errorf("%s: the first boot has %s, want %s", group, files["/etc/heatsync/node.env"], want)
				}
			}
		})
	}
}
