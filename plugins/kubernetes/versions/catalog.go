// Package versions knows which Kubernetes releases the driver can build, and of
// each of its programs where it lies and what its SHA-256 is. It reads one file
// per Kubernetes minor, writes it from upstream's own checksum files ([Update]),
// and makes up nothing: an entry without a checksum is one that cannot be used.
//
// The file addons.yaml beside them has the tags of the add-ons' images and what
// the add-ons' bundle takes from upstream. Everything is for linux/amd64.
package versions

import (
	"maps"
	"slices"
)

// Program names one download of a node.
type Program string

// The programs of a node.
const (
	Kubeadm    Program = "kubeadm"
	Kubelet    Program = "kubelet"
	Kubectl    Program = "kubectl"
	Containerd Program = "containerd"
	Runc       Program = "runc"
	CNIPlugins Program = "cni-plugins"
	Crictl     Program = "crictl"
	Helm       Program = "helm"
)

// programs are those that every release needs, in the order of its file. Helm is
// none of them: add-ons are manifests.
var programs = []Program{Kubeadm, Kubelet, Kubectl, Containerd, Runc, CNIPlugins, Crictl}

// Download is one file: what is fetched, and what it must be.
type Download struct {
	Version string // as its project writes it: "v1.34.2", "2.1.5"
	URL     string // https, whole
	SHA256  string // 64 hex; "" is not known: nothing may be fetched
}

// Release is one Kubernetes release with all that a node of it downloads.
type Release struct {
	Kubernetes string // "v1.34.2"
	Downloads  map[Program]Download
}

// Programs gives the release's programs, in a fixed order.
func (r Release) Programs() []Program { return slices.Sorted(maps.Keys(r.Downloads)) }

// Missing gives the programs without a checksum, in a fixed order.
func (r Release) Missing() []Program {
	var out []Program
	for _, p := range r.Programs() {
		if r.Downloads[p].SHA256 == "" {
			out = append(out, p)
		}
	}
	return out
}

// Minor gives the release's minor: "v1.34".
func (r Release) Minor() string { return minorOf(r.Kubernetes) }

// Upstream is an archive of an add-on's own project that the bundle takes files
// from: those whose path begins with Pick.
type Upstream struct {
	Addon    string // folder of the bundle
	Download Download
	Pick     string
}

// Catalog is the releases there are. It is read only and safe for concurrent use.
type Catalog struct {
	releases map[string]Release // by Kubernetes version
	latest   string
	images   map[string]string            // tag by label
	minors   map[string]map[string]string // what differs, by minor
	upstream []Upstream
}

// New makes a catalog of releases, with the tags and the upstream archives of
// [Default]. It is for catalogs that are not files, such as those of tests.
func New(releases ...Release) *Catalog {
	preset := Default()
	c := &Catalog{
		releases: map[string]Release{},
		images:   preset.images, minors: preset.minors, upstream: preset.upstream,
	}
	for _, r := range releases {
		c.add(r)
	}
	return c
}

func (c *Catalog) add(r Release) {
	c.releases[r.Kubernetes] = r
	if c.latest == "" || compare(r.Kubernetes, c.latest) > 0 {
		c.latest = r.Kubernetes
	}
}

// Release gives a release by its version, with or without the v. The error of one
// that is not known is an [UnknownError].
func (c *Catalog) Release(version string) (Release, error) {
	wanted := version
	if _, err := parse("v" + version); err == nil {
		wanted = "v" + version
	}
	r, ok := c.releases[wanted]
	if !ok {
		return Release{}, &UnknownError{Version: version, Nearest: c.nearest(wanted)}
	}
	r.Downloads = maps.Clone(r.Downloads)
	return r, nil
}

// Latest gives the newest version; "" for an empty catalog.
func (c *Catalog) Latest() string { return c.latest }

// Versions gives all versions, oldest first.
func (c *Catalog) Versions() []string {
	return slices.SortedFunc(maps.Keys(c.releases), compare)
}

// Images gives the default tag of each label that has one, for a Kubernetes
// version. For a version of an unknown minor they are those of the newest. The map
// is the caller's.
func (c *Catalog) Images(version string) map[string]string {
	out := maps.Clone(c.images)
	maps.Copy(out, c.minors[minorOf(version)])
	return out
}

// Upstream gives what the bundle takes from the add-ons' own projects.
func (c *Catalog) Upstream() []Upstream { return slices.Clone(c.upstream) }
