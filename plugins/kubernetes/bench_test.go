package kubernetes_test

import (
	"fmt"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
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
