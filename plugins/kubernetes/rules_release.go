package kubernetes

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// updateCommand writes the catalog anew.
const updateCommand = "heatsync-driver-kubernetes versions update"

// releaseRules: what nodes fetch has a checksum, from the catalog or from labels.
func (d Driver) releaseRules(r *rules, c driver.Cluster) {
	release, known := d.release(c.Labels)
	lacks := missing(release)
	var sums []string
	for _, p := range lacks {
		sums = append(sums, checksumLabel(p))
	}
	switch {
	case c.Labels["kube_tag"] == "":
		r.wrong("labels.kube_tag", "set it, or run "+updateCommand, "the driver's catalog has no Kubernetes release to take")
	case len(lacks) > 0 && !known:
		r.wrong("labels.kube_tag", fmt.Sprintf("run %s, or set kube_binaries_url and labels %s", updateCommand, strings.Join(sums, ", ")),
			"the driver's catalog has no Kubernetes %s", c.Labels["kube_tag"])
	case len(lacks) > 0:
		r.wrong("labels.kube_tag", fmt.Sprintf("run %s, or set labels %s", updateCommand, strings.Join(sums, ", ")),
			"of Kubernetes %s the place or the SHA-256 of %s is not known", c.Labels["kube_tag"], names(lacks))
	}
	if b := d.bundleOf(c.Labels); (b.URL == "") != (b.SHA256 == "") {
		r.wrong("labels.addons_url", "set both addons_url and addons_sha256", "the bundle of add-ons needs both a place and a SHA-256")
	} else if b.URL == "" {
		r.wrong("labels.addons_url", "pack it with heatsync-driver-kubernetes versions bundle, put it where nodes can fetch it, and set addons_url and addons_sha256", "nodes do not know where to fetch the bundle of add-ons")
	}
}

// checksumLabel is the label that says a program's SHA-256.
func checksumLabel(p versions.Program) string {
	for _, o := range overrides {
		if o.program == p {
			return o.sha256
		}
	}
	return ""
}

func names(all []versions.Program) string {
	var out []string
	for _, p := range all {
		out = append(out, string(p))
	}
	return strings.Join(out, ", ")
}
