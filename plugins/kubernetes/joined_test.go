package kubernetes_test

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// boots gives the cluster an API, and has its servers join as nodes.
func (x *teller) boots() {
	x.Helper()
	x.api = nodestest.New(x.T)
	x.join()
}

// join does what kubelets and the cloud controller do in their time: a server
// becomes a node, and a node whose server is gone goes.
func (x *teller) join() {
	x.Helper()
	if x.api == nil {
		return
	}
	have := map[string]bool{}
	for group, byName := range x.servers() {
		for name, id := range byName {
			have[name] = true
			if x.api.Nodes[name] == nil {
				x.api.AddNode(name, id, func(n *corev1.Node) { n.Labels[nodes.GroupLabel] = group })
			}
		}
	}
	for name := range x.api.Nodes {
		if !have[name] {
			delete(x.api.Nodes, name)
		}
	}
}

// servers are the ids of each group's servers, by their names.
func (x *teller) servers() map[string]map[string]string {
	x.Helper()
	out := map[string]map[string]string{}
	parts := x.Parts(x.T, x.Row(x.T, heatstack.StackName(x.c)), []driver.Part{driver.PartOutputs})
	for output, text := range parts.Outputs {
		group, ok := strings.CutPrefix(output, "group_")
		if !ok {
			continue
		}
		var of struct{ Servers, Names map[string]string }
		if err := json.Unmarshal(text, &of); err != nil {
			x.Fatalf("output %s: %v", output, err)
		}
		out[group] = map[string]string{}
		for i, id := range of.Servers {
			out[group][of.Names[i]] = id
		}
	}
	return out
}

// reads gives parts of the stack, and the nodes as the driver reports them.
func (x *teller) reads(stack driver.Stack, want []driver.Part) driver.Parts {
	x.Helper()
	p := x.Parts(x.T, stack, want)
	if !slices.Contains(want, driver.PartNodes) {
		return p
	}
	if x.api == nil {
		x.Fatal("nodes are wanted of a cluster that nobody asks")
	}
	p.Outputs["api_url"], _ = json.Marshal(x.api.Access.Address)
	report := x.d.(driver.HealthChecker).CheckHealth(x.Context(), driver.HealthInput{
		Cluster: x.c, Stack: stack, Parts: p, Facts: true, CACertificatePEM: x.api.Access.CACertificatePEM,
		ClientCertificatePEM: x.api.Access.ClientCertificatePEM, ClientKeyPEM: x.api.Access.ClientKeyPEM,
	})
	if len(report.Nodes) == 0 {
		x.Fatalf("no nodes: %+v", report)
	}
	p.Nodes = report.Nodes
	return p
}
