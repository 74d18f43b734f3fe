package kubernetes

import (
	"maps"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// Rendered gives the stack that a cluster means, with the labels' defaults filled
// in as heatstack does.
func Rendered(o Options, c driver.Cluster) (heatstack.Stack, []driver.Diagnostic) {
	d := Driver{catalog: o.Catalog, bundle: o.Bundle}
	c.NodeGroups = append([]driver.NodeGroup{}, c.NodeGroups...)
	c.Labels = withDefaults(d, c.Labels)
	for i, g := range c.NodeGroups {
		c.NodeGroups[i].Labels = withDefaults(d, g.Labels)
	}
	ds := d.Validate(c)
	if driver.HasErrors(ds) {
		return heatstack.Stack{}, ds
	}
	return d.Render(driver.RenderInput{Cluster: c})
}

func withDefaults(d Driver, written map[string]string) map[string]string {
	out := map[string]string{}
	for _, l := range d.Describe().Labels {
		if l.Default != "" {
			out[l.Name] = l.Default
		}
	}
	maps.Copy(out, written)
	return out
}

// Told are the parameters that no resource reads.
func Told() map[string]bool {
	out := map[string]bool{}
	for _, t := range toldOf() {
		out[t.Name] = true
	}
	return out
}
