package live

import (
	"encoding/json"
	"time"
)

// Part names a piece of a stack that costs a request of its own.
type Part string

// The parts an edge can read. Parameters come from show, with hidden values as
// Heat masks them ("******").
const (
	PartShow      Part = "show"      // description, parameters, timeout: one request
	PartTemplate  Part = "template"  // the stored root template
	PartResources Part = "resources" // the root stack's resources
	PartOutputs   Part = "outputs"   // outputs, resolved by Heat
	PartNodes     Part = "nodes"     // asked of the cluster itself, by its driver
)

// Parts is what was read of one stack beyond its row. A nil field was not read.
type Parts struct {
	StackID     string            `json:"stackID"`
	Read        []Part            `json:"read"`
	Status      Status            `json:"status,omitzero"`  // as show had it; zero without show
	Updated     time.Time         `json:"updated,omitzero"` // likewise
	Description string            `json:"description,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Template    json.RawMessage   `json:"template,omitempty"`
	Resources   []Resource        `json:"resources,omitempty"`
	Outputs     map[string]any    `json:"outputs,omitempty"`
	Nodes       []Node            `json:"nodes,omitempty"` // all of the cluster's
}

// Resource is one resource of a stack, as Heat's resource list shows it.
type Resource struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	PhysicalID string `json:"physicalID,omitempty"`
	Status     Status `json:"status"`
	Reason     string `json:"reason,omitempty"`
}
