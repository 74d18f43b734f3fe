// Package nodestest is a Kubernetes API for the tests of what speaks to one: an
// [API] server that behaves as far as cordons, evictions and budgets go, and a [CA]
// that signs for it and its clients. Nothing in it runs a pod; a test says what the
// world does.
package nodestest
