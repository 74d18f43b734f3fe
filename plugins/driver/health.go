package driver

import "time"

// HealthInput is what CheckHealth works from. The certificates are set for a
// cluster with a secret called kubernetes-ca.
type HealthInput struct {
	Cluster              Cluster
	Stack                Stack
	Parts                Parts  // the stack's outputs
	ClientCertificatePEM []byte // valid for minutes
	ClientKeyPEM         []byte
	CACertificatePEM     []byte // of the cluster's API; its key stays with the agent
	APIAddress           string // as Facts.APIAddress; "": not known
	Facts                bool   // pods and blocked evictions of the nodes are wanted too
}

// Health says whether a cluster works, whatever Git asks.
type Health int

// The healths, as Magnum words them.
const (
	HealthUnspecified Health = iota
	Healthy
	Unhealthy
	Unknown
)

// HealthReport is the answer of CheckHealth.
type HealthReport struct {
	Health  Health
	Reasons map[string]string // component or node to reason
	Nodes   []Node            // all of them, or none where not all could be read
	// ConsoleServerID is the Nova server whose console is likely to say why, for a
	// cluster that is not healthy; "": none. The agent reads its last lines, as far
	// as the cloud gives them, and takes those alone that begin with "heatsync: "
	// where there are any.
	ConsoleServerID string
}

// Node is what is known of one node.
type Node struct {
	Name, ServerID, Group  string
	Ready, Cordoned        bool
	Pods, BlockedEvictions int
	Created                time.Time
	DrainSince             time.Time // zero: nobody drains it
}

// Access is what a client needs to reach a cluster; private keys are left out.
type Access struct {
	Environment map[string]string // for instance DOCKER_HOST
	Files       map[string][]byte
	Diagnostics []Diagnostic
}

// PreviewInput is what Preview works from.
type PreviewInput struct {
	Cluster    Cluster
	Stack      Stack
	Credential Credential
	Secrets    []Secret // without values
}

// PreviewReport is what the backend says it would do; it only adds to the
// driver's own effects.
type PreviewReport struct {
	Changes     []ResourceChange
	Nested      bool // false: only the root stack could be previewed
	Diagnostics []Diagnostic
}

// ResourceChange is one resource in a preview.
type ResourceChange struct {
	Resource, Type string
	Effect         Effect
}
