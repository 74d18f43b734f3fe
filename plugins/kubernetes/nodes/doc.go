// Package nodes speaks to a cluster's own API: how it is ([Check]), which of a
// group's nodes are to go ([Choose], pure), and one round of emptying a node
// ([Drain]). A call makes its requests and returns; nothing waits for a cluster
// to change, and whatever a later call has to know is kept in the nodes
// themselves.
//
// It trusts the certificate authority it is given and none besides, reads no
// answer without bound, and never puts what a server said in the place of a
// Kubernetes answer into a reason. It refuses to decide whether nodes are to go,
// and to delete a node or a server: that is Heat's, after a drain. The design is
// in docs/design/0004-kubernetes.md.
package nodes
