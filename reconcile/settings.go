package reconcile

import "time"

// Settings is what the agent's config says about one fleet.
type Settings struct {
	Fleet    string `json:"fleet"`
	ReadOnly bool   `json:"readOnly,omitempty"` // plan and report, never write
	Poll     Poll   `json:"poll"`
	// SettleIn is how long an ambiguous create, and every create of a start
	// without hints, waits before the name is looked up: Heat's RPC timeout and
	// a margin. 0 in demos and tests.
	SettleIn   time.Duration `json:"settleIn,omitempty"`
	Secrets    bool          `json:"secrets,omitempty"` // there is a secret store
	MaxCreates int           `json:"maxCreates"`
	// MaxResources is Heat's max_resources_per_stack: a spec that renders to more
	// is refused. 0 or less: no limit.
	MaxResources int `json:"maxResources,omitempty"`
}

// Poll is how often things are looked at.
type Poll struct {
	Source     time.Duration `json:"source"`     // the source's head
	InProgress time.Duration `json:"inProgress"` // stacks that Heat works on
	Recent     time.Duration `json:"recent"`     // newest updates
	// Quiet is newest updates while every cluster is settled or held: what many
	// fleets may ask together is shared out by it. Never less than twice Recent.
	Quiet     time.Duration `json:"quiet,omitempty"`
	Inventory time.Duration `json:"inventory"` // every stack
	DeepEvery time.Duration `json:"deepEvery"` // between two deep checks of the tour
	Resync    time.Duration `json:"resync"`    // between two deep checks of one cluster; 0: the tour alone
}

// DefaultSettings are the config file's defaults.
func DefaultSettings(fleet string) Settings {
	return Settings{
		Fleet: fleet,
		Poll: Poll{
			Source: 30 * time.Second, InProgress: 5 * time.Second, Recent: 30 * time.Second,
			Inventory: 5 * time.Minute, DeepEvery: 2 * time.Second,
		},
		SettleIn:   210 * time.Second,
		MaxCreates: 20,
	}
}
