package kubernetes_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// testCatalog is of a mirror of the tests' own: it has v1.34.2 whole, and of v1.33.6
// everything but kubelet's SHA-256.
var testCatalog = sync.OnceValue(func() *versions.Catalog {
	whole, lacking := releaseOf("v1.34.2"), releaseOf("v1.33.6")
	kubelet := lacking.Downloads[versions.Kubelet]
	kubelet.SHA256 = ""
	lacking.Downloads[versions.Kubelet] = kubelet
	return versions.New(whole, lacking)
})

func releaseOf(version string) versions.Release {
	r := versions.Release{Kubernetes: version, Downloads: map[versions.Program]versions.Download{}}
	for i, p := range []versions.Program{
		versions.Kubeadm, versions.Kubelet, versions.Kubectl, versions.Containerd, versions.Runc, versions.CNIPlugins, versions.Crictl,
	} {
		v := version
		if i > 2 {
			v = fmt.Sprintf("2.1.%d", i)
		}
		r.Downloads[p] = versions.Download{Version: v, URL: fmt.Sprintf("https://mirror.test/%s/%s", v, p), SHA256: sum(i)}
	}
	return r
}

// sum is the i-th of some SHA-256.
func sum(i int) string { return strings.Repeat(fmt.Sprintf("%x", i%16), 64) }

// options of a driver whose world is the tests' own.
func options() kubernetes.Options {
	return kubernetes.Options{
		Catalog: testCatalog(),
		Bundle:  versions.Download{Version: kubernetes.Version, URL: "https://mirror.test/addons.tar.gz", SHA256: sum(9)},
	}
}

// newDriver gives the driver with them, the same for the whole process: it keeps
// the templates that it has read.
var newDriver = sync.OnceValue(func() driver.Driver { return kubernetes.New(options()) })

// secrets are one version of each.
func secrets() []driver.Secret {
	var out []driver.Secret
	for i, n := range newDriver().Describe().Secrets {
		out = append(out, driver.Secret{Name: n.Name, ID: fmt.Sprintf("version-%d", i)})
	}
	return out
}

// blue is a small cluster with nothing but what is required.
func blue() driver.Cluster {
	return driver.Cluster{
		Fleet: "prod", Name: "blue", COE: "kubernetes", Distro: "ubuntu", ServerType: "vm",
		Image: "ubuntu", Keypair: "ops", Flavor: "m1.medium", MasterFlavor: "m1.medium", ExternalNetwork: "public",
		FloatingIPEnabled: true, TimeoutMinutes: 60,
		NodeGroups: []driver.NodeGroup{master(1), worker(1)},
	}
}

func master(n int) driver.NodeGroup {
	return driver.NodeGroup{Name: "default-master", Role: "master", NodeCount: n, IsDefault: true}
}

func worker(n int) driver.NodeGroup {
	return driver.NodeGroup{Name: "default-worker", Role: "worker", NodeCount: n, IsDefault: true}
}

// withLabels sets labels of a cluster, and of its groups, as the agent merges them.
func withLabels(c *driver.Cluster, labels map[string]string) {
	c.Labels = merged(c.Labels, labels)
	groups := append([]driver.NodeGroup{}, c.NodeGroups...)
	for i := range groups {
		groups[i].Labels = merged(groups[i].Labels, labels)
	}
	c.NodeGroups = groups
}

func merged(a, b map[string]string) map[string]string {
	m := maps.Clone(a)
	if m == nil {
		m = map[string]string{}
	}
	maps.Copy(m, b)
	return m
}

func TestRendersWithoutComplaint(t *testing.T) {
	r := newDriver().Render(driver.RenderInput{Cluster: blue(), Secrets: secrets()})
	if len(r.Diagnostics) > 0 || r.Digest == "" {
		t.Errorf("%+v", r)
	}
}
