package kubernetes

import (
	"regexp"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// attributeRules hold attributes to what Kubernetes has.
func attributeRules(r *rules, c driver.Cluster) {
	if !slices.Contains(distros, c.Distro) {
		r.wrong("distro", "use an image of "+strings.Join(distros, ", "), "the distribution %q is not one the driver can set up", c.Distro)
	}
	if !slices.Contains(serverTypes, c.ServerType) {
		r.wrong("serverType", "use vm or bm", "the server type %q is neither vm nor bm", c.ServerType)
	}
	if n := networkDriver(c); !slices.Contains([]string{"flannel", "calico", "cilium"}, n) {
		r.wrong("networkDriver", "use flannel, calico or cilium", "the network driver %q is not one of Kubernetes", n)
	}
	if c.VolumeDriver != "" && c.VolumeDriver != "cinder" {
		r.wrong("volumeDriver", "use cinder, or none", "the volume driver %q is not one of Kubernetes", c.VolumeDriver)
	}
	switch c.DockerStorageDriver {
	case "", "overlay2", "overlay":
	default:
		r.wrong("dockerStorageDriver", "use overlay2", "the storage driver %q is not one that containerd's overlayfs stands for", c.DockerStorageDriver)
	}
	if c.TLSDisabled {
		r.wrong("tlsDisabled", "set it to false", "the API server has had no port without TLS since Kubernetes 1.20")
	}
	if p := c.APIServerPort; p != 0 && (p < 1024 || p > 65535 || p >= 30000 && p <= 32767) {
		r.wrong("apiserverPort", "use one from 1024 to 65535 outside of 30000 to 32767", "port %d cannot be the API's: it is reserved, or one of services' node ports", p)
	}
}

// proxyRules: a password would stand in the boot text and in parameters, which Heat
// shows to whoever may read the stack, and in the environment of pods.
func proxyRules(r *rules, c driver.Cluster) {
	for _, proxy := range []struct{ path, url string }{{"httpProxy", c.HTTPProxy}, {"httpsProxy", c.HTTPSProxy}} {
		_, rest, schemed := strings.Cut(proxy.url, "://")
		if !schemed {
			rest = proxy.url
		}
		if authority, _, _ := strings.Cut(rest, "/"); strings.Contains(authority, "@") {
			r.wrong(proxy.path, "use a proxy that lets the nodes' addresses in without a password", "%s names a user, and readers of the stack would see the password", proxy.path)
		}
	}
}

var (
	nameForm  = regexp.MustCompile(`^[a-z]([a-z0-9]*(-[a-z0-9]+)*)?$`)
	roleForm  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	maxName   = 32 // of a cluster, characters
	maxGroup  = 16
	inCluster = "use lower-case letters, digits and single dashes, beginning with a letter"
)

// nameRules keep names of servers and stacks readable: Nova cuts host names at 63
// characters.
func nameRules(r *rules, c driver.Cluster) {
	if !nameForm.MatchString(c.Name) || len(c.Name) > maxName {
		r.wrong("metadata.name", inCluster, "the name %q has another form than names of servers, or more than %d characters", c.Name, maxName)
	}
	seen := map[string]bool{}
	for _, g := range c.NodeGroups {
		if !nameForm.MatchString(g.Name) || len(g.Name) > maxGroup {
			r.wrong(ofGroup(g, "name"), inCluster, "the node group's name %q has another form than names of servers, or more than %d characters", g.Name, maxGroup)
		}
		if seen[g.Name] {
			r.wrong(ofGroup(g, "name"), "give it another name", "there are two node groups called %q", g.Name)
		}
		seen[g.Name] = true
	}
}

// ofGroup is the path of a node group's field.
func ofGroup(g driver.NodeGroup, field string) string { return "nodeGroups[" + g.Name + "]." + field }

// masterRules are Magnum's, with the reasons.
func masterRules(r *rules, c driver.Cluster) {
	n := groups(c)[0].NodeCount
	switch {
	case n < 1:
		r.wrong("masterCount", "set it to 1 or 3", "a cluster needs a master")
	case n%2 == 0:
		r.wrong("masterCount", "use an odd number", "%d masters keep no more running than %d when one fails: etcd needs a majority", n, n-1)
	}
	if n > 1 && !c.MasterLBEnabled {
		r.wrong("masterCount", "set masterLbEnabled: true", "%d masters need masterLbEnabled", n)
	}
}
