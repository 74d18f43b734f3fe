package kubernetes

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// updateCommand writes the catalog anew.
const updateCommand = "heatsync-driver-kubernetes versions update"

// lacking tells what nodes of the cluster's release cannot fetch, or not check. It is
// an error where a boot text would have to be made: of a new cluster, or of a new
// node group. What lives boots what it was made with.
func (d Driver) lacking(labels map[string]string) (driver.Diagnostic, bool) {
	release, known := d.release(labels)
	lacks := missing(release)
	sums := make([]string, len(lacks))
	for i, p := range lacks {
		sums[i] = checksumLabel(p)
	}
	say := driver.Diagnostic{Severity: driver.SeverityError, Code: "release-unknown", Path: "labels.kube_tag"}
	switch {
	case release.Kubernetes == "":
		say.Summary, say.Remedy = "the driver's catalog has no Kubernetes release to take", "set it, or run "+updateCommand
	case len(lacks) > 0 && !known:
		say.Summary = "the driver's catalog has no Kubernetes " + release.Kubernetes
		say.Remedy = fmt.Sprintf("run %s, or set kube_binaries_url and labels %s", updateCommand, strings.Join(sums, ", "))
	case len(lacks) > 0:
		say.Summary = fmt.Sprintf("of Kubernetes %s the place or the SHA-256 of %s is not known", release.Kubernetes, names(lacks))
		say.Remedy = fmt.Sprintf("run %s, or set labels %s", updateCommand, strings.Join(sums, ", "))
	}
	return say, say.Summary != ""
}

// releaseRules: what nodes fetch has a checksum, from the catalog or from labels.
// Whether there is a cluster that needs no more of it only a plan knows, so that
// the rule warns and the plan refuses.
func (d Driver) releaseRules(r *rules, c driver.Cluster) {
	if lacks, lacking := d.lacking(c.Labels); lacking {
		r.say(driver.SeverityWarning, lacks.Code, lacks.Path, lacks.Remedy, lacks.Summary+"; a cluster that is there keeps what it boots")
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
