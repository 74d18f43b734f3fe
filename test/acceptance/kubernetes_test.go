package acceptance

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/test/census"
)

// TestKubernetesOnOpenStack is the life of two Kubernetes clusters whose secrets
// are in the real Barbican: made, let into, drained, grown, deleted with what they
// made, nothing left behind.
func TestKubernetesOnOpenStack(t *testing.T) {
	k := beginKubernetes(t)
	k.makeTwo(t)
	t.Run("a console tells why nobody answers", k.consoleTells)
	t.Run("people get into their own cluster alone", k.peopleGetIn)
	k.shrinkAndDelete(t)
	k.nothingToDo(t)
	k.grow(t)
	k.leave(t)
	k.agent.stop(t)
}

// kubernetes is the story of two clusters in a project where others have things too.
type kubernetes struct {
	*story
	who    *services
	others *bystanders
	before census.Census
}

func beginKubernetes(t *testing.T) *kubernetes {
	t.Helper()
	c := real(t)
	who := openServices(c)
	if !who.Has("key-manager") {
		t.Fatal("the cloud has no Barbican: make openstack OPENSTACK_TIER=magnum")
	}
	s := stage(t, c)
	k := &kubernetes{story: s, who: who, others: s.bystanders(t, who)}
	k.before = who.Take(t)
	s.host = s.repo.serve(t)
	s.follow(t, "0s", "secrets: {barbican: {}}\n")
	s.agent.installKubernetes(t)
	s.agent.start(t)
	return k
}

func (k *kubernetes) makeTwo(t *testing.T) {
	k.push(t, "two clusters", files{
		"fleet.yaml": k.kubernetesFleet(), at("one"): kubernetesCluster("one", "nodeCount: 2"),
		at("two"): kubernetesCluster("two", "nodeCount: 1", "labels: {volumes_policy: delete}"),
	})
	k.is(t, "settled", "one", "two")
	k.nothingToDo(t)
	made := k.who.Take(t).Beyond(k.before)
	for kind, n := range map[string]int{"secrets": 2, "application credentials": 2, "servers": 5} {
		if len(made[kind]) != n {
			t.Errorf("%d %s were made, want %d", len(made[kind]), kind, n)
		}
	}
}

// shrinkAndDelete takes a worker from one and, meanwhile, deletes two with what it made.
// Both wait for rounds, so that other things can be looked at as well.
func (k *kubernetes) shrinkAndDelete(t *testing.T) {
	used := k.makeInUse(t, k.who, "two")
	d := k.loadWorkers(t, k.who, "one")
	k.push(t, "a worker fewer", files{at("one"): kubernetesCluster("one", "nodeCount: 1")})
	t.Run("P10 Heat shows no secret", k.heatShowsNoSecret)
	t.Run("a budget holds a drain", func(t *testing.T) { d.held(t, k.story) })
	d.yields()
	k.others.stand(t, k.story, k.who)
	used.stands(t, k.story, k.who)
	k.push(t, "two away", files{at("two"): gone("two")})
	t.Run("a deletion says what goes first", func(t *testing.T) { k.cleans(t, "two") })
	k.is(t, "settled", "one", "two")
	t.Run("the node that was chosen went, emptied", func(t *testing.T) { d.went(t, k.story) })
	t.Run("a cluster whose API answers is healthy", func(t *testing.T) { d.healthy(t, k.story) })
}

func (k *kubernetes) grow(t *testing.T) {
	k.push(t, "another worker, and a group", files{
		at("one"): kubernetesCluster("one", "nodeCount: 2", "nodeGroups: [{name: more, nodeCount: 1}]"),
	})
	k.is(t, "settled", "one")
	k.nothingToDo(t)
	if n := len(k.having(t, k.row(t, "one"))["OS::Nova::Server"]); n != 4 {
		t.Errorf("one has %d servers, want 4", n)
	}
}

// leave deletes what is left, and wants the project to be as it was before, but for a
// volume of one, which keeps its own.
func (k *kubernetes) leave(t *testing.T) {
	claimed := k.who.add(t, "volumes", volumeFields(k.stackName("one")))
	k.becomes(t, k.who, claimed, "status", "available")
	k.push(t, "away", files{at("one"): gone("one")})
	k.is(t, "settled", "one", "two")
	want := census.Census{"volumes": {claimed.id()}}
	if diff := cmp.Diff(want, k.who.Take(t).Beyond(k.before)); diff != "" {
		t.Errorf("left behind (-want +left):\n%s", diff)
	}
	k.others.untouched(t, k.who)
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
  volumeDriver: cinder
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
