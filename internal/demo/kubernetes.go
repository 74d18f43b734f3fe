package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/reconcile"
)

// kubernetesChapter goes on where the story ends, with web and shop settled.
func kubernetesChapter() []step {
	all := map[string]shown{"web": {outcome: reconcile.Settled}, "shop": {outcome: reconcile.Settled}, "apps": {outcome: reconcile.Settled}}
	one := map[string]int{"apps": 1}
	with := func(apps int) map[string]int { return map[string]int{"web": 3, "shop": 3, "apps": apps} }
	return []step{
		{
			name: "kubernetes", title: "Ask for Kubernetes", subject: "apps: a Kubernetes cluster",
			why: "Its authorities, keys and a credential of its own are made once, before its stack, and let people in.",
			files: map[string][]byte{
				"templates/kubernetes.yaml": kubernetesTemplate(), clusterFile("apps"): kubernetesCluster("nodeCount: 2"),
			},
			want: expectation{clusters: all, servers: with(3), masters: one, touched: []string{"apps"}, opens: "apps"},
		},
		{
			name: "workers", title: "Give it more workers", subject: "apps: three workers, and a group with local disks",
			why:   "A count and a node group change in Git; no node that is there is touched.",
			files: map[string][]byte{clusterFile("apps"): kubernetesCluster("nodeCount: 3\n  nodeGroups: [{name: fast, flavor: m1.large, nodeCount: 2}]")},
			want:  expectation{clusters: all, servers: with(6), masters: one, touched: []string{"apps"}, nothing: true},
		},
	}
}

func kubernetesCluster(last string) []byte {
	return fmt.Appendf(nil, "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: apps}\nspec:\n  template: kubernetes\n  masterCount: 1\n  %s\n", last)
}

const kubernetesYAML = `apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: kubernetes}
spec:
  coe: kubernetes
  distro: ubuntu
  image: ubuntu-24.04
  keypair: ops
  masterFlavor: m1.medium
  flavor: m1.small
  externalNetwork: public
  networkDriver: calico
  labels:
`

// mirrored is what a node of the demo would fetch of the driver's newest release, by the labels that give its
// SHA-256. The simulated cloud boots nothing, so the demo's mirror holds stand-ins.
var mirrored = []string{
	"addons", "kubeadm", "kubelet", "kubectl", "containerd_tarball", "runc", "cni_plugins", "crictl",
}

// kubernetesTemplate names the demo's mirror, and the SHA-256 of what lies there.
func kubernetesTemplate() []byte {
	var b strings.Builder
	b.WriteString(kubernetesYAML)
	fmt.Fprintf(&b, "    addons_url: https://mirror.example.org/addons.tar.gz\n")
	for _, name := range mirrored {
		fmt.Fprintf(&b, "    %s_sha256: %x\n", name, sha256.Sum256([]byte("the demo's "+name)))
	}
	return []byte(b.String())
}

// letIn asks for a way into a cluster as an operator would.
func (s *stage) letIn(ctx context.Context, cluster string) Check {
	text, err := s.options.Agent.Access(ctx, s.config, cluster)
	if err != nil {
		return Check{Name: "access", Detail: err.Error()}
	}
	for line := range strings.Lines(string(text)) {
		if server, ok := strings.CutPrefix(strings.TrimSpace(line), "server: "); ok {
			return Check{Name: "access", OK: true, Detail: "heatsync access " + cluster + ": a kubeconfig for " + server}
		}
	}
	return Check{Name: "access", Detail: "the kubeconfig names no server"}
}
