package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// goneLabels meant something in Magnum and mean nothing here, besides those of
// package addons. They are taken with a warning, so that a template of Magnum's
// can be brought along as it is.
var goneLabels = []label{
	gone("kube_image_digest", "since Kubernetes 1.19, which ended the hyperkube image: programs are held to the catalog's SHA-256, see kubelet_sha256"),
	gone("use_podman", "since kubeadm makes the cluster: its programs run under systemd and containerd"),
	gone("ostree_remote", "since nodes are replaced instead of upgraded: use another image"),
	gone("ostree_commit", "since nodes are replaced instead of upgraded: use another image"),
	gone("heat_container_agent_tag", "since nodes need no agent of Heat: they read user data and metadata"),
	gone("etcd_tag", "since kubeadm makes the cluster: it runs the etcd that the Kubernetes release was tested with"),
	gone("etcd_lb_disabled", "in every release of Magnum: etcd needs no load balancer, each API server talks to its own"),
}

func gone(name, since string) label {
	return label{Label: driver.Label{
		Name: name, Type: driver.LabelString, Effect: driver.EffectNone, Deprecated: "it means nothing " + since,
		Doc: "Means nothing " + since + ".",
	}}
}
