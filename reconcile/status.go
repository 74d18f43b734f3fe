package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// FleetStatus is one fleet as `GET /api/v1/clusters` shows it.
type FleetStatus struct {
	Name        string `json:"name"`
	Revision    string `json:"revision"` // in force; "" before the first
	SourceError *Fault `json:"sourceError"`
	// SourceNotice tells what is remarkable of the revision in force, "" for nothing.
	SourceNotice string        `json:"sourceNotice,omitempty"`
	CloudError   *Fault        `json:"cloudError,omitempty"` // the last inventory failed
	Paused       bool          `json:"paused"`
	ReadOnly     bool          `json:"readOnly"`
	Ready        Readiness     `json:"ready"`
	Lanes        LaneTimes     `json:"lanes"`
	WaitsFor     []FirstRead   `json:"waitsFor,omitempty"` // first readings that have neither come nor failed
	Guards       []GuardStatus `json:"guards,omitempty"`
	// Unreadable are the files in which something cannot be understood, by name: the
	// first 20 of UnreadableCount.
	Unreadable      []UnreadableFile `json:"unreadable,omitempty"`
	UnreadableCount int              `json:"unreadableCount,omitempty"`

	Clusters []ClusterStatus `json:"clusters"` // by name
}

// Readiness says which of the first readings a fleet has had, or why not.
type Readiness struct {
	Source    bool `json:"source"`
	Inventory bool `json:"inventory"`
}

// LaneTimes are the times of the last successes, zero before the first.
type LaneTimes struct {
	Source    time.Time `json:"source,omitzero"`
	Inventory time.Time `json:"inventory,omitzero"`
	DeepTour  time.Time `json:"deepTour,omitzero"` // when the last whole deep-check tour ended
}

// GuardStatus is one guard that holds clusters now.
type GuardStatus struct {
	Code     Code     `json:"code"`
	Message  string   `json:"message"`
	Clusters []string `json:"clusters"`
}

// ClusterStatus is one cluster as `GET /api/v1/clusters` shows it.
type ClusterStatus struct {
	Name            string            `json:"name"`
	Driver          string            `json:"driver"`
	Stack           StackStatus       `json:"stack"`
	Outcome         Outcome           `json:"outcome"`
	Code            Code              `json:"code"`
	Message         string            `json:"message"`
	Who             Who               `json:"who"`
	Remedy          string            `json:"remedy"`
	Since           time.Time         `json:"since"`          // when outcome and code became what they are
	Until           time.Time         `json:"until,omitzero"` // a wait's end
	NextLook        time.Time         `json:"nextLook"`       // at the latest; any event may come first
	Attempt         int               `json:"attempt,omitempty"`
	SettledRevision string            `json:"settledRevision"`
	PlannedRevision string            `json:"plannedRevision"`
	Health          Health            `json:"health"`
	HealthSince     time.Time         `json:"healthSince,omitzero"` // zero: it was never read
	HealthReasons   map[string]string `json:"healthReasons,omitempty"`
	APIAddress      string            `json:"apiAddress"`
	Nodes           NodeCounts        `json:"nodes"`
	Drift           []plan.Change     `json:"drift"`
	Plan            *plan.Plan        `json:"plan,omitempty"`     // what would be done, or is being done
	Position        string            `json:"position,omitempty"` // file:line of the document
}

// StackStatus names a cluster's stack.
type StackStatus struct {
	Name   string    `json:"name"`
	ID     string    `json:"id"`
	Status string    `json:"status"` // ACTION_STATE
	Row    *live.Row `json:"-"`
}

// NodeCounts compares nodes.
type NodeCounts struct {
	Desired int `json:"desired"`
	Live    int `json:"live"`
}
