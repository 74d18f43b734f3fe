// Package access lets people into clusters: it signs with a cluster's own
// authorities, which it reads from the fleet's secret store, and says how the
// cluster is reached. It needs the agent's config and no running agent.
//
// It refuses to make, change or drop a secret, to give a CA's key to anybody, and
// to write over a file that it did not write.
package access
