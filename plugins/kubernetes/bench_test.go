package kubernetes_test

import (
	"fmt"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// big is a cluster of 500 nodes in ten groups.
func big() driver.Cluster {
	c := blue()
	c.MasterLBEnabled = true
	c.NodeGroups = []driver.NodeGroup{master(3), worker(50)}
	for i := range 9 {
		c.NodeGroups = append(c.NodeGroups, driver.NodeGroup{Name: fmt.Sprintf("group-%d", i), Role: "worker", NodeCount: 50})
	}
	set("flannel_network_cidr", "10.64.0.0/13")(&c)
	return c
}

// BenchmarkRender is what a cluster costs a driver at every start of the agent.
func BenchmarkRender(b *testing.B) {
	for name, c := range map[string]driver.Cluster{"least": blue(), "500 nodes in 10 groups": big()} {
		b.Run(name, func(b *testing.B) {
			d, s := newDriver(), secrets()
			b.ReportAllocs()
			for b.Loop() {
				if r := d.Render(driver.RenderInput{Cluster: c, Secrets: s}); r.Digest == "" {
					b.Fatal(r.Diagnostics)
				}
			}
		})
	}
}

// TestLimits holds the biggest boot texts to Nova's limit: heatstack counts the
// secrets' values only when they are known, so they are added here.
func TestLimits(t *testing.T) {
	const limit = 49_151 // raw bytes, heat.md T11
	for _, distro := range []string{"ubuntu", "fedora-coreos", "flatcar", "fedora-atomic"} {
		c := big()
		c.Distro, c.VolumeDriver, c.DockerVolumeSizeGiB = distro, "cinder", 20
		set("etcd_volume_size", "20", "monitoring_enabled", "true", "ingress_controller", "traefik", "keystone_auth_enabled", "true")(&c)
		stack, ds := kubernetes.Rendered(options(), c)
		if driver.HasErrors(ds) {
			t.Fatal(ds)
		}
		values := 0
		for _, s := range valued() {
			values += 2 * len(s.Value) * 4 / 3 // the CA's certificate is there twice at most
		}
		for _, name := range stack.Recorded[:2] {
			n := len(stack.Files[name]) + values
			t.Logf("%s %s: %d bytes with secrets", distro, name, n)
			if n > limit {
				t.Errorf("%s %s: %d bytes, Nova takes %d", distro, name, n, limit)
			}
		}
		t.Logf("%s: root template %d bytes", distro, len(stack.Template))
	}
}
