// Package boot writes what a node boots: Ignition for fedora-coreos and flatcar,
// cloud-init for ubuntu and fedora-atomic, with one script, its units and kubeadm
// documents. It is pure: the same settings give the same bytes. What only Heat or
// the node itself knows it leaves to Nova's metadata, and secrets to placeholders
// that Heat fills in; it never sees a secret's value.
//
// [Text] is all that others call. Design note 0004 says why it is so.
//
// # On a node
//
//	/etc/heatsync/node.env         the settings, for the script
//	/etc/heatsync/downloads        what is fetched: program, location, SHA-256
//	/etc/heatsync/addons.json      which add-ons, with which values
//	/etc/heatsync/cloud.conf       what is added to the cloud.conf that the script makes
//	/etc/heatsync/kubeadm/         init.yaml (control plane) and join.yaml, with ${NAME}
//	                               where only the node knows
//	/etc/heatsync/patches/         what kubeadm lays over what it makes
//	/etc/heatsync/secrets/         what Heat fills in; gone once the node is ready
//	<bin>/heatsync-bootstrap       the script; <bin> is /usr/local/bin, on flatcar /opt/bin
//	/etc/kubernetes/cloud/         the cloud's credential, each file a key of the Secret
//	                               kube-system/cloud-config
//	/var/lib/heatsync/             where the script is: did.<step>, way (init or join), done;
//	                               kubeadm.log
//
// heatsync-bootstrap.service runs the script at each boot until it ended well, and
// again 15 s after it did not. What it says is in the journal and on the console;
// the last line is READY or STOPPED, with the reason. To have it start anew on a
// server: remove /var/lib/heatsync, run `kubeadm reset`. That works for as long as
// /etc/heatsync/secrets is there.
//
// heatsync-metadata-guard.service keeps pods from the metadata service, since the
// user data of a server holds keys of its cluster. Pods on the host's network
// still reach it.
package boot
