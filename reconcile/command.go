package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// Command is work the engine asks for. At most one of ReadSource, one of each
// lane of List, and one per cluster is open at a time. A command lost in a crash
// is simply asked again.
type Command interface{ command() }

// Lane is one of the ways to list the stacks of a project.
type Lane string

// The lanes.
const (
	LaneInventory  Lane = "inventory"   // every stack, page by page
	LaneRecent     Lane = "recent"      // the newest stacks and the newest updates, a page each
	LaneInProgress Lane = "in-progress" // the stacks named by id
)

// ReadSource asks for the source's newest revision: answered by Revision,
// Unchanged or SourceFailed.
type ReadSource struct{}

// List asks for one lane: answered by Listed.
type List struct {
	Lane Lane     `json:"lane"`
	IDs  []string `json:"ids,omitempty"` // for LaneInProgress
}

// Look asks for all rows with one of the names, and of the id, deleted or not:
// answered by Looked.
type Look struct {
	ID      uint64   `json:"id"`
	Cluster string   `json:"cluster"`
	Names   []string `json:"names"`
	StackID string   `json:"stackID,omitempty"`
}

// ReadParts asks for pieces of one stack: answered by PartsRead.
type ReadParts struct {
	ID      uint64      `json:"id"`
	Cluster string      `json:"cluster"`
	Name    string      `json:"name"`
	StackID string      `json:"stackID"`
	Parts   []live.Part `json:"parts"`

	// For nodes, which are the driver's to read; outputs are then among the parts.
	Driver string        `json:"driver,omitempty"`
	Spec   *spec.Cluster `json:"spec,omitempty"`
	Row    *live.Row     `json:"row,omitempty"`
}

// AskRender asks a driver to validate and render: answered by Rendered.
type AskRender struct {
	ID      uint64        `json:"id"`
	Cluster string        `json:"cluster"`
	Driver  string        `json:"driver"`
	Spec    *spec.Cluster `json:"spec"`
	Secrets []SecretID    `json:"secrets,omitempty"` // that the cluster has
}

// AskPlan asks a driver for a plan: answered by Planned.
type AskPlan struct {
	ID      uint64        `json:"id"`
	Cluster string        `json:"cluster"`
	Driver  string        `json:"driver"`
	Intent  plan.Intent   `json:"intent"`
	Spec    *spec.Cluster `json:"spec"`
	Row     *live.Row     `json:"row,omitempty"` // nil: there is no stack
	Parts   live.Parts    `json:"parts,omitzero"`
	Deep    bool          `json:"deep,omitempty"`    // compare all that is stored
	Recover bool          `json:"recover,omitempty"` // the stack hangs in its action
	Secrets []SecretID    `json:"secrets,omitempty"` // that the cluster has
}

// Precondition is what the plan saw.
type Precondition struct {
	Absent  bool        `json:"absent,omitempty"`
	ID      string      `json:"id,omitempty"`
	Status  live.Status `json:"status,omitzero"`
	Digest  string      `json:"digest,omitempty"`
	Updated time.Time   `json:"updated,omitzero"`
}

// Do asks a driver to carry out one step: answered by StepEnded.
type Do struct {
	ID           uint64        `json:"id"`
	Cluster      string        `json:"cluster"`
	Driver       string        `json:"driver"`
	Intent       plan.Intent   `json:"intent"`
	Step         plan.Step     `json:"step"`
	Spec         *spec.Cluster `json:"spec"`
	StackName    string        `json:"stackName"`
	StackID      string        `json:"stackID,omitempty"`
	Tags         []string      `json:"tags"` // the complete list
	Digest       string        `json:"digest"`
	Precondition Precondition  `json:"precondition"`
	Secrets      []SecretID    `json:"secrets,omitempty"`    // that the cluster has
	APIAddress   string        `json:"apiAddress,omitempty"` // as a plan's facts told it
}

// ReadHealth asks a driver how a cluster is: answered by HealthRead.
type ReadHealth struct {
	ID      uint64        `json:"id"`
	Cluster string        `json:"cluster"`
	Driver  string        `json:"driver"`
	Spec    *spec.Cluster `json:"spec"`
	Row     live.Row      `json:"row"`
	Secrets []SecretID    `json:"secrets,omitempty"` // that the cluster has

	APIAddress string `json:"apiAddress,omitempty"` // as a plan's facts told it
}

// WakeAt asks for a Moment at that time; a later WakeAt takes its place.
type WakeAt struct {
	Time time.Time `json:"time"`
}

func (ReadSource) command() {}
func (List) command()       {}
func (Look) command()       {}
func (ReadParts) command()  {}
func (AskRender) command()  {}
func (AskPlan) command()    {}
func (Do) command()         {}
func (ReadHealth) command() {}
func (WakeAt) command()     {}
