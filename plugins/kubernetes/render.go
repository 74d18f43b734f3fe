package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// Render implements heatstack.Template.
func (d Driver) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	c := in.Cluster
	chosen, _ := d.selection(c) // Validate told what is wrong with it
	var ds []driver.Diagnostic
	release, _ := d.release(c.Labels)
	cloud := cloudProvider(c)
	view := rootView{
		Told: toldOf(), Secrets: slices.DeleteFunc(secretsOf(boot.ControlPlane, cloud), func(v secretView) bool { return v.Parameter == "" }),
		Keypair: lookupOf("nova.keypair", c.Keypair), ExternalNetwork: lookupOf("neutron.network", c.ExternalNetwork),
		FixedNetwork: lookupOf("neutron.network", c.FixedNetwork), FixedSubnet: lookupOf("neutron.subnet", c.FixedSubnet),
	}
	stack := heatstack.Stack{
		Files: maps.Clone(nested), Unmade: map[string]driver.Diagnostic{}, Secrets: stackSecrets(cloud), Meaning: meanings(),
		Parameters: clusterParameters(c, release.Kubernetes), Begin: "may_begin", Facts: factsOf,
		Groups: map[string]heatstack.Group{}, Former: formerGroup,
	}
	if c.Labels["kube_tag"] == "" {
		stack.Kept = []string{"kube_version"}
	}
	lacks, lacking := d.lacking(c.Labels)
	for _, g := range groups(c) {
		v := viewOf(g, cloud)
		view.Groups = append(view.Groups, v)
		stack.Recorded = append(stack.Recorded, v.File)
		groupParameters(stack, v, c, g)
		if !v.Master {
			stack.Groups[v.Name] = shrinkable(v)
		}
		if lacking {
			stack.Files[v.File] = "Kubernetes " + release.Kubernetes + " cannot be fetched.\n"
			stack.Unmade[v.File] = lacks
			continue
		}
		text, err := boot.Text(d.settings(c, g, release, chosen))
		if err != nil {
			ds = append(ds, unbootable(g, err)...)
			continue
		}
		stack.Files[v.File] = text
	}
	stack.Template = filled(rootTemplate, view)
	return stack, ds
}

// unbootable tells what package boot says of a group's settings.
func unbootable(g driver.NodeGroup, err error) []driver.Diagnostic {
	var out []driver.Diagnostic
	for _, line := range strings.Split(err.Error(), "\n") {
		out = append(out, driver.Diagnostic{
			Severity: driver.SeverityError, Code: "invalid", Path: fmt.Sprintf("nodeGroups[%s]", g.Name), Summary: "its nodes cannot boot: " + line,
			Remedy: "change what the setting of that name is made from",
		})
	}
	return out
}
