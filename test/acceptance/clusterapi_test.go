package acceptance

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes"
	"github.com/heatsync/heatsync/plugins/kubernetes/nodes/nodestest"
)

// node is a server of a cluster, as Nova shows it.
type node struct{ id, name, group, index string }

// nodes are a cluster's servers, by name.
func (s *story) nodes(t *testing.T, who *services, cluster string) []node {
	t.Helper()
	var out []node
	for _, id := range s.having(t, s.row(t, cluster))["OS::Nova::Server"] {
		shown := who.show(t, thing(who.List("servers")+"/"+id))
		told, _ := shown["metadata"].(map[string]any)
		n := node{id: id}
		n.name, _ = shown["name"].(string)
		n.group, _ = told[boot.MetaGroup].(string)
		n.index, _ = told[boot.MetaIndex].(string)
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b node) int { return strings.Compare(a.name, b.name) })
	return out
}

// serveCluster has a cluster's API answer at the cluster's own address until the test
// ends, with what its control-plane node boots with: nothing runs on servers of a cloud
// without hypervisors. All of them are nodes of it.
func (s *story) serveCluster(t *testing.T, cluster string, all []node) *nodestest.API {
	t.Helper()
	f, err := s.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := s.userData(t, cluster)
	api := nodestest.Trusting(files["ca.crt"])
	for _, n := range all {
		api.AddNode(n.name, n.id, func(k *corev1.Node) { k.Labels[nodes.GroupLabel] = n.group })
	}
	serveAPI(t, f.cluster(cluster).APIAddress, files, api)
	return api
}
