package kubernetes_test

import (
	"slices"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// knowing is the driver with a catalog of these releases.
func knowing(releases ...string) driver.Driver {
	o := options()
	all := make([]versions.Release, len(releases))
	for i, r := range releases {
		all[i] = releaseOf(r)
	}
	o.Catalog = versions.New(all...)
	return kubernetes.New(o)
}

// refuses sees that the plan has no step and says why.
func (x *teller) refuses(code string) {
	x.Helper()
	stack := x.Row(x.T, heatstack.StackName(x.c))
	in := driver.PlanInput{Intent: driver.IntentPresent, Cluster: x.c, Secrets: secrets()}
	if stack.ID != "" {
		in.Stack = &stack
		in.Parts = x.Parts(x.T, stack, x.d.Plan(in).Need)
	}
	p := x.d.Plan(in)
	told := slices.ContainsFunc(p.Diagnostics, func(d driver.Diagnostic) bool {
		return d.Code == code && d.Severity == driver.SeverityError && d.Path == "labels.kube_tag" && d.Remedy != ""
	})
	if len(p.Steps) > 0 || !told {
		x.Errorf("want no step and %q, have %+v", code, p)
	}
}

// TestADriverUpgradeKeepsTheRelease of clusters that name none and of those that name
// one which the catalog has dropped; nothing else of them waits for it.
func TestADriverUpgradeKeepsTheRelease(t *testing.T) {
	for name, named := range map[string]string{"that names none": "", "that names one": "v1.34.2"} {
		t.Run("a cluster "+name, func(t *testing.T) {
			s := simulated(t)
			x := &teller{T: t, site: s, d: knowing("v1.34.2"), c: clusterOn(s, "blue")}
			if named != "" {
				set("kube_tag", named)(&x.c)
			}
			stack := heatstack.StackName(x.c)
			x.does("create stack "+stack, driver.EffectAdd)
			before := x.having(servers)

			x.d = knowing("v1.36.6") // v1.34.2 is gone
			x.c.NodeGroups = []driver.NodeGroup{master(1), worker(2)}
			x.labelled()
			x.does("update stack "+stack+": nodeCount 1 -> 2 (adds); files.recorded (nothing that runs notices)", driver.EffectAdd)
			x.keeps(before, "a driver with another release")
			shown := x.Parts(t, x.Row(t, stack), nil).Parameters["kube_version"]
			if shown != "v1.34.2" {
				t.Errorf("the stack says %q", shown)
			}

			// nodes of a new group would be of another release than the cluster
			x.c.NodeGroups = append(x.c.NodeGroups, driver.NodeGroup{Name: "gpu", Role: "gpu", NodeCount: 1})
			x.labelled()
			x.refuses(map[string]string{"": "kept", "v1.34.2": "release-unknown"}[named])
			x.d = knowing("v1.34.2", "v1.36.6")
			set("kube_tag", "v1.34.2")(&x.c)
			if p := x.plan(driver.IntentPresent, x.Row(t, stack), false); len(p.Steps) != 1 {
				t.Errorf("a new group of the cluster's own release plans %+v", p)
			}
		})
	}
}

// TestAnUnknownReleaseIsNotBegun: what a new cluster would boot has to be known.
func TestAnUnknownReleaseIsNotBegun(t *testing.T) {
	s := simulated(t)
	x := &teller{T: t, site: s, d: knowing("v1.34.2"), c: clusterOn(s, "blue")}
	set("kube_tag", "v1.99.0")(&x.c)
	x.refuses("release-unknown")
}
