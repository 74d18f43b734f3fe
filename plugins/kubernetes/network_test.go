package kubernetes_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
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

// TestTheManifestsJobHasTheProxy: it fetches what people named.
func TestTheManifestsJobHasTheProxy(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		want   string
	}{
		{"none", func(c *driver.Cluster) { c.NoProxy = ".example.org" }, "[]"},
		{
			"one", func(c *driver.Cluster) { c.HTTPSProxy, c.NoProxy = "http://proxy.test:3128", ".example.org" },
			`[{"name":"HTTPS_PROXY","value":"http://proxy.test:3128"},{"name":"NO_PROXY","value":".example.org,10.0.0.0/24,10.100.0.0/16,10.254.0.0/16"}]`,
		},
		{
			"both", func(c *driver.Cluster) { c.HTTPProxy, c.HTTPSProxy = "http://a.test:1", "http://b.test:2" },
			`[{"name":"HTTP_PROXY","value":"http://a.test:1"},{"name":"HTTPS_PROXY","value":"http://b.test:2"},{"name":"NO_PROXY","value":"10.0.0.0/24,10.100.0.0/16,10.254.0.0/16"}]`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := blue()
			all(c.change, set("post_install_manifest_url", "https://example.org/all.yaml"))(&cluster)
			stack, _ := kubernetes.Rendered(options(), cluster)
			var chosen addons.Selection
			if err := json.Unmarshal([]byte(unpacked(t, stack.Files["boot/default-master-1"])["/etc/heatsync/addons.json"]), &chosen); err != nil {
				t.Fatal(err)
			}
			for _, a := range chosen.Addons {
				if a.Name == "post-install" {
					if got := a.Values["PROXIES"]; got != c.want {
						t.Errorf("the job's environment is %s, want %s", got, c.want)
					}
					return
				}
			}
			t.Error("it is not selected")
		})
	}
}
