package docker_test

import (
	"testing"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
)

// BenchmarkRender is what one cluster costs a driver at every start of the agent.
func BenchmarkRender(b *testing.B) {
	d := docker.New()
	c := web()
	b.ReportAllocs()
	for b.Loop() {
		d.Render(driver.RenderInput{Cluster: c})
	}
}
