package kubernetes

import (
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// required are the programs that every node downloads.
var required = []versions.Program{
	versions.Kubeadm, versions.Kubelet, versions.Kubectl, versions.Containerd, versions.Runc, versions.CNIPlugins, versions.Crictl,
}

// override is the labels that give one program another version, place and checksum.
type override struct {
	program              versions.Program
	version, url, sha256 string // labels; "" for none
}

var overrides = []override{
	{versions.Kubeadm, "", "", "kubeadm_sha256"},
	{versions.Kubelet, "", "", "kubelet_sha256"},
	{versions.Kubectl, "", "", "kubectl_sha256"},
	{versions.Containerd, "containerd_version", "containerd_tarball_url", "containerd_tarball_sha256"},
	{versions.Runc, "runc_version", "runc_url", "runc_sha256"},
	{versions.CNIPlugins, "cni_plugins_version", "cni_plugins_url", "cni_plugins_sha256"},
	{versions.Crictl, "crictl_version", "crictl_url", "crictl_sha256"},
}

// version is the Kubernetes release that a cluster's labels mean: the catalog's
// latest where they name none, "" where it has none either. What a live cluster
// began with only Heat knows.
func (d Driver) version(labels map[string]string) string {
	if named := labels["kube_tag"]; named != "" {
		return named
	}
	return d.catalog.Latest()
}

// release is the release of a cluster's labels: the catalog's, with what labels
// say instead. known tells whether the catalog has it. A program whose version
// labels change loses the catalog's checksum.
func (d Driver) release(labels map[string]string) (r versions.Release, known bool) {
	version := d.version(labels)
	r, err := d.catalog.Release(version)
	known = err == nil
	r.Kubernetes = version
	if r.Downloads == nil {
		r.Downloads = map[versions.Program]versions.Download{}
	}
	for _, o := range overrides {
		if f := o.apply(r.Downloads[o.program], labels); f != (versions.Download{}) {
			r.Downloads[o.program] = f
		}
	}
	mirror(r, labels["kube_binaries_url"])
	return r, known
}

func (o override) apply(f versions.Download, labels map[string]string) versions.Download {
	if v := labels[o.version]; o.version != "" && v != "" && bare(v) != bare(f.Version) {
		if f.Version != "" {
			f.URL = strings.ReplaceAll(f.URL, bare(f.Version), bare(v))
		}
		f.Version, f.SHA256 = v, ""
	}
	if url := labels[o.url]; o.url != "" && url != "" {
		f.URL = url
	}
	if sum := labels[o.sha256]; sum != "" {
		f.SHA256 = sum
	}
	return f
}

// mirror moves the programs of Kubernetes itself to a mirror of dl.k8s.io/release.
func mirror(r versions.Release, base string) {
	if base == "" {
		return
	}
	for _, p := range []versions.Program{versions.Kubeadm, versions.Kubelet, versions.Kubectl} {
		f := r.Downloads[p]
		f.Version, f.URL = r.Kubernetes, strings.TrimSuffix(base, "/")+"/"+r.Kubernetes+"/bin/linux/amd64/"+string(p)
		r.Downloads[p] = f
	}
}

// missing are the programs that a node could not download, or not check.
func missing(r versions.Release) []versions.Program {
	var out []versions.Program
	for _, p := range required {
		if f := r.Downloads[p]; f.URL == "" || f.SHA256 == "" {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// bare is a version without its v.
func bare(version string) string { return strings.TrimPrefix(version, "v") }

// bundleOf is the bundle of add-ons that a control-plane node fetches.
func (d Driver) bundleOf(labels map[string]string) versions.Download {
	b := d.bundle
	if url := labels["addons_url"]; url != "" {
		b.URL = url
	}
	if sum := labels["addons_sha256"]; sum != "" {
		b.SHA256 = sum
	}
	return b
}
