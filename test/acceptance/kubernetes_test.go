package acceptance

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestKubernetesOnOpenStack is the life of two Kubernetes clusters whose secrets
// are in the real Barbican: made, let into, grown, deleted, nothing left behind.
func TestKubernetesOnOpenStack(t *testing.T) {
	c := real(t)
	who := openServices(t, c)
	if !who.has("key-manager") {
		t.Fatal("the cloud has no Barbican: make openstack OPENSTACK_TIER=magnum")
	}
	s := stage(t, c)
	before := who.census(t)
	s.host = s.repo.serve(t)
	s.follow(t, "0s", "secrets: {barbican: {}}\n")
	s.agent.installKubernetes(t)
	s.agent.start(t)

	s.push(t, "two clusters", files{
		"fleet.yaml": s.kubernetesFleet(), at("one"): kubernetesCluster("one", "nodeCount: 1"), at("two"): kubernetesCluster("two", "nodeCount: 1"),
	})
	s.is(t, "settled", "one", "two")
	s.nothingToDo(t)
	made := who.census(t).beyond(before)
	for kind, n := range map[string]int{"secrets": 2, "application credentials": 2, "servers": 4} {
		if len(made[kind]) != n {
			t.Errorf("%d %s were made, want %d", len(made[kind]), kind, n)
		}
	}
	t.Run("people get into their own cluster alone", s.peopleGetIn)
	t.Run("P10 Heat shows no secret", s.heatShowsNoSecret)
	t.Run("a console tells why nobody answers", s.consoleTells)

	s.push(t, "another worker, and a group", files{
		at("one"): kubernetesCluster("one", "nodeCount: 2", "nodeGroups: [{name: more, nodeCount: 1}]"),
	})
	s.is(t, "settled", "one", "two")
	s.nothingToDo(t)
	if n := len(s.having(t, s.row(t, "one"))["OS::Nova::Server"]); n != 4 {
		t.Errorf("one has %d servers, want 4", n)
	}

	s.push(t, "away", files{at("one"): gone("one"), at("two"): gone("two")})
	s.is(t, "settled", "one", "two")
	if left := who.census(t).beyond(before); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	s.agent.stop(t)
}

// consoleTells waits for what the fake hypervisor has every server say.
func (s *story) consoleTells(t *testing.T) {
	s.waitFleet(t, "the console of one's first node in its health", func(f fleetStatus) bool {
		one := f.cluster("one")
		return one.Health == "UNKNOWN" && strings.HasSuffix(one.HealthReasons["console"], "said last: FAKE CONSOLE OUTPUT | ANOTHER | LAST LINE")
	})
}

// installKubernetes puts the kubernetes driver beside the docker driver.
func (a *agent) installKubernetes(t *testing.T) {
	t.Helper()
	name := "heatsync-driver-kubernetes"
	if err := os.Link(filepath.Join(filepath.Dir(heatsyncFile), name), a.file("drivers/"+name)); err != nil {
		t.Fatal(err)
	}
	a.pin(t)
}

const kubernetesText = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: %s}
spec: {drift: correct, maxDeletes: 2, rollout: {maxConcurrent: 5}}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: small}
spec:
  coe: kubernetes
  distro: ubuntu
  image: %s
  keypair: %s
  flavor: %s
  masterFlavor: %s
  externalNetwork: %s
  floatingIpEnabled: true
  networkDriver: flannel
  labels:
    addons_url: https://mirror.example.org/addons.tar.gz
`

// kubernetesFleet names a mirror that holds stand-ins: no node of a cloud without
// hypervisors fetches them.
func (s *story) kubernetesFleet() string {
	at := s.cloud.site
	var b strings.Builder
	fmt.Fprintf(&b, kubernetesText, s.fleet, at.image, at.keypair, at.flavor, at.flavor, at.external)
	for _, name := range []string{"addons", "kubeadm", "kubelet", "kubectl", "containerd_tarball", "runc", "cni_plugins", "crictl"} {
		fmt.Fprintf(&b, "    %s_sha256: %x\n", name, sha256.Sum256([]byte("a stand-in for "+name)))
	}
	return b.String()
}

func kubernetesCluster(name string, fields ...string) string {
	return cluster(name, slices.Insert(fields, 0, "masterCount: 1")...)
}
