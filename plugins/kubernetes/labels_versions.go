package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// versionLabels choose the release. kube_tag has no default of the schema's: a
// cluster that names none begins with the catalog's latest and keeps it
// ([Driver.version]).
var versionLabels = concat(
	[]label{{Label: driver.Label{
		Name: "kube_tag", Type: driver.LabelSemver, Pattern: `v[0-9]+\.[0-9]+\.[0-9]+`, Effect: driver.EffectRolling,
		Doc: "Kubernetes release. Without it a cluster begins with the newest of the driver's catalog, and keeps what it began with. The driver knows the releases of its catalog; any other needs the labels that say what its programs are.",
	}, parameter: "kube_version"}},
	booted(
		text("container_infra_prefix", "", `|[^\s'"\\]+/`, "Registry, ending in /, that all images of the cluster come from."),
		location("registry_mirror", "Registry that docker.io's images are looked for at first."),
		one(text("container_runtime", "containerd", "", "Container runtime. There is no other since Kubernetes 1.24."), "containerd"),
		perGroup(one(text("cgroup_driver", "systemd", "", "cgroup driver of kubelet and containerd."), "systemd", "cgroupfs")),
	),
	booted(needing(withFedora, perGroup(one(text("selinux_mode", "permissive", "", "SELinux on nodes of Fedora."), "enforcing", "permissive", "disabled")))...),
)

// withFedora holds for the distributions with SELinux.
var withFedora = &need{func(c driver.Cluster) bool {
	return c.Distro == "fedora-coreos" || c.Distro == "fedora-atomic"
}, "the distribution has no SELinux"}

// downloadLabels give programs another version, place and checksum than the
// catalog. A version needs its checksum; a place alone is a mirror of the same file.
var downloadLabels = booted(concat(
	[]label{
		location("kube_binaries_url", "Mirror of https://dl.k8s.io/release: kubeadm, kubelet and kubectl are fetched from <mirror>/<kube_tag>/bin/linux/amd64/."),
		checksum("kubeadm_sha256", "kubeadm"), checksum("kubelet_sha256", "kubelet"), checksum("kubectl_sha256", "kubectl"),
	},
	download("containerd_version", "containerd_tarball_url", "containerd_tarball_sha256", "containerd"),
	download("runc_version", "runc_url", "runc_sha256", "runc"),
	download("cni_plugins_version", "cni_plugins_url", "cni_plugins_sha256", "the CNI plugins"),
	download("crictl_version", "crictl_url", "crictl_sha256", "crictl"),
	[]label{
		location("addons_url", "Where control-plane nodes fetch the bundle of add-ons."),
		checksum("addons_sha256", "the bundle of add-ons"),
	},
)...)

func download(version, url, sha256, of string) []label {
	return []label{
		text(version, "", `v?[0-9]+\.[0-9]+\.[0-9]+`, "Version of "+of+", with "+sha256+". Without it the catalog's for the Kubernetes release."),
		location(url, "Where nodes fetch "+of+"."),
		checksum(sha256, of),
	}
}

func location(name, doc string) label {
	return label{Label: driver.Label{Name: name, Type: driver.LabelURL, Pattern: `https?://[^\s'"\\]+`, Doc: doc}}
}

func checksum(name, of string) label {
	return text(name, "", sha256Pattern, "SHA-256 of "+of+" in hex, where it is not the catalog's file.")
}
