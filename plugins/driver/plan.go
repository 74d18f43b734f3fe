package driver

import (
	"encoding/json"
	"time"
)

// Stack is one row of Heat's stack list.
type Stack struct {
	ID           string
	Name         string
	Status       string // ACTION_STATE, for instance UPDATE_COMPLETE
	StatusReason string
	Created      time.Time
	Updated      time.Time // zero until the first update was accepted
	Tags         []string
}

// Part names a piece of a stack that costs the agent a request of its own.
type Part int

// The parts a plan may ask for.
const (
	PartUnspecified Part = iota
	PartShow             // description and parameters, hidden ones masked
	PartTemplate
	PartResources
	PartOutputs
	PartNodes
)

// Parts is what was read of a stack. Read says which fields hold something.
type Parts struct {
	Read        []Part
	Description string
	Parameters  map[string]string
	Template    json.RawMessage
	Resources   []Resource
	Outputs     map[string]json.RawMessage
	Nodes       []Node // all of the cluster's
}

// Resource is one resource of a stack, as Heat's resource list shows it.
type Resource struct{ Name, Type, PhysicalID, Status, StatusReason string }

// Intent says what is wanted of a cluster.
type Intent int

// The intents.
const (
	IntentUnspecified Intent = iota
	IntentPresent
	IntentAbsent // Cluster may hold no more than fleet and name
	IntentAdopt  // take over Cluster.AdoptedStack, changing nothing but its tags
)

// RenderInput is all that a render may depend on.
type RenderInput struct {
	Cluster Cluster
	Secrets []Secret // without values
}

// Rendered is the outcome of a render.
type Rendered struct {
	Digest      string            // "<scheme>-<32 hex>"; "" when Diagnostics has an error
	Parameters  map[string]string // as Heat stores them; sensitive ones masked
	Secrets     []string          // names of the secrets used
	Diagnostics []Diagnostic
	Resources   int // in the stack's whole tree, at least; 0: not known
}

// PlanInput is what Plan compares.
type PlanInput struct {
	Intent  Intent
	Cluster Cluster
	Secrets []Secret // without values
	Stack   *Stack   // nil: there is none
	Parts   Parts
	Deep    bool // compare all that is stored, though digest and status agree
	Recover bool // the stack hangs in its action: plan the write that frees it
}

// Plan is what Plan answers. When Need is not empty, only Need is set, and the
// agent asks again with these parts.
type Plan struct {
	Need        []Part
	Changes     []Change
	Steps       []Step // in order; empty: nothing to do
	Diagnostics []Diagnostic
	Facts       Facts
	Digest      string
}

// Change is one difference between what is wanted and what is live.
type Change struct {
	Path, From, To string // sensitive values masked
	Effect         Effect
	Drift          bool // the live side was changed by somebody else
}

// StepKind says what a step does to the stack.
type StepKind int

// The kinds of steps.
const (
	StepUnspecified StepKind = iota
	StepCreate
	StepUpdate
	StepDelete
	StepAdopt
	StepDrain
)

// Step is one write. Plan is asked again after each, so a plan resumes itself.
type Step struct {
	ID         string // stable for the same plan
	Title      string
	Kind       StepKind
	Disruption Effect // the worst effect of the step
	Nodes      []Node // whom the step is about: name, server id and group
}

// Facts are what the parts told about the cluster, for people.
type Facts struct {
	Known      bool
	APIAddress string
	NodesLive  int
}
