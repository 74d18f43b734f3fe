// Package leftovers removes what a Kubernetes cluster made in the cloud beside its
// stack, before the stack goes: the Octavia load balancers of its Services and
// Ingresses, their floating IPs, and, where policy says so, the Cinder volumes of its
// claims. Heat does not know them, and a network with a load balancer's port in it
// cannot be deleted.
//
// [Clean] is one round: it reads everything, asks for what is to go, names what is
// still there, and waits for nothing. A thing is the cluster's only by the marks
// that the OpenStack cloud controller, the Octavia ingress controller and the Cinder
// CSI driver write (see marks.go); a list that was not read whole removes nothing.
// What people made themselves, and gave to a Service by its id, is left.
package leftovers
