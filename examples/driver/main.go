// Command driver is heatsync-driver-cache, a driver as a third party would write one: a
// cluster of COE "cache" is one server that runs memcached.
package main

import (
	_ "embed"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

//go:embed cache.yaml
var template string

type cache struct{}

func (cache) Describe() driver.Description {
	return driver.Description{
		Name: "cache", Version: "0.1.0",
		Targets: []driver.Target{{COE: "cache"}},
		Attributes: []driver.Attribute{
			{Name: "image", Required: true, Effect: driver.EffectReplace, Doc: "Image with cloud-init and apt."},
			{Name: "flavor", Required: true, Effect: driver.EffectReboot, Doc: "Flavor of the server."},
			{Name: "fixedNetwork", Required: true, Effect: driver.EffectRefused, Doc: "Network of the server."},
		},
		Labels: []driver.Label{
			{Name: "memory_mb", Type: driver.LabelInt, Default: "64", Effect: driver.EffectNone, Doc: "MiB of cache. For new servers."},
		},
	}
}

func (cache) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	return heatstack.Stack{
		Template: template,
		Parameters: map[string]any{
			"image":     in.Cluster.Image,
			"flavor":    in.Cluster.Flavor,
			"network":   in.Cluster.FixedNetwork,
			"memory_mb": in.Cluster.Labels["memory_mb"],
		},
		Meaning:    map[string]heatstack.Meaning{"network": {Path: "fixedNetwork"}},
		APIAddress: "address",
	}, nil
}

func main() { driver.Serve(heatstack.New(cache{})) }
