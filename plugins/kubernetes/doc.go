// Package kubernetes is the driver of COE kubernetes: clusters that kubeadm makes
// on Ubuntu, Fedora CoreOS, Flatcar and Fedora Atomic, on virtual machines and
// bare metal.
//
// It says what attributes and labels mean ([Driver.Describe], one table of labels,
// a file per group of them), what goes together ([Driver.Validate]) and turns a
// cluster into a root template, one nested stack per node group and what nodes
// boot ([Driver.Render]). What is booted is package boot's, which add-ons a
// cluster gets is package addons', which releases there are is package versions'.
// The digest, the plan and the writes are heatstack's.
//
// Every label has an effect or a diagnostic; none is taken and ignored. A change
// that needs other nodes is planned and shown, and held until nodes can be replaced
// one after the other (docs/design/0004-kubernetes.md).
package kubernetes
