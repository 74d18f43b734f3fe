package heatstack

import (
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// facts reads what the parts tell people about the cluster.
func (r *rendered) facts(parts driver.Parts) driver.Facts {
	switch {
	case !slices.Contains(parts.Read, driver.PartOutputs) || !r.stack.tells():
		return driver.Facts{}
	case r.stack.Facts != nil:
		f := r.stack.Facts(parts)
		f.Known = true
		return f
	}
	return driver.Facts{
		Known: true, APIAddress: Output(parts, r.stack.APIAddress), NodesLive: len(Texts(parts, r.stack.NodeAddresses)),
	}
}

// tells whether outputs of the stack hold facts.
func (s Stack) tells() bool { return s.APIAddress != "" || s.NodeAddresses != "" || s.Facts != nil }
