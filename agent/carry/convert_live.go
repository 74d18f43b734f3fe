package carry

import (
	"encoding/json"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// StackOf gives a driver its stack.
func StackOf(r live.Row) driver.Stack {
	return driver.Stack{
		ID: r.ID, Name: r.Name, Status: r.Status.String(), StatusReason: r.Reason,
		Created: r.Created, Updated: r.Updated, Tags: r.Tags,
	}
}

// PartsOf gives a driver what was read of a stack.
func PartsOf(p live.Parts) driver.Parts {
	out := driver.Parts{Description: p.Description, Parameters: p.Parameters, Template: p.Template, Nodes: nodesOf(p.Nodes)}
	for _, r := range p.Read {
		out.Read = append(out.Read, said(parts, r))
	}
	for _, r := range p.Resources {
		out.Resources = append(out.Resources, driver.Resource{
			Name: r.Name, Type: r.Type, PhysicalID: r.PhysicalID, Status: r.Status.String(), StatusReason: r.Reason,
		})
	}
	if p.Outputs != nil {
		out.Outputs = make(map[string]json.RawMessage, len(p.Outputs))
	}
	for name, value := range p.Outputs {
		raw, err := json.Marshal(value)
		if err != nil { // values came from JSON
			raw = json.RawMessage("null")
		}
		out.Outputs[name] = raw
	}
	return out
}

func preconditionOf(p reconcile.Precondition) driver.Precondition {
	return driver.Precondition{
		Absent: p.Absent, ID: p.ID, Status: p.Status.String(), Digest: p.Digest, Updated: p.Updated,
	}
}
