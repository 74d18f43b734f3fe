package reconcile

import "time"

// Hints are what a stopped engine leaves behind to save time. Losing them costs
// time, Paused, which a person asked for, and what each cluster was settled with: a
// driver-change that is held is then no longer told from what Git asks.
type Hints struct {
	// Clean: the agent stopped with every create seen or refused, so none can be
	// in flight and none needs to wait.
	Clean    bool                   `json:"clean,omitempty"`
	Paused   bool                   `json:"paused,omitempty"`
	Cloud    string                 `json:"cloud,omitempty"` // the project these stacks are in
	Revision string                 `json:"revision,omitempty"`
	Clusters map[string]ClusterHint `json:"clusters,omitempty"`
}

// ClusterHint is what is known of one settled cluster.
type ClusterHint struct {
	StackID  string    `json:"stackID"`
	Digest   string    `json:"digest"`
	Updated  time.Time `json:"updated,omitzero"` // updated_time read back after our own last write, or at the last deep check
	SpecHash string    `json:"specHash,omitempty"`
	Driver   string    `json:"driver,omitempty"` // its build that rendered it; older agents kept "name version"
	Revision string    `json:"revision,omitempty"`
	Facts    FactsHint `json:"facts,omitzero"`
}

// FactsHint keeps what people want to see at once after a restart.
type FactsHint struct {
	APIAddress string `json:"apiAddress,omitempty"`
	NodesLive  int    `json:"nodesLive,omitempty"`
}
