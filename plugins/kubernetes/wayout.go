package kubernetes

import (
	"fmt"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// wayOut tells what people can do instead of a change that needs other nodes: what
// a node group can have too, workers reach by moving to a new one.
func wayOut(c driver.Change) string {
	again := fmt.Sprintf("write %q again", c.From)
	if c.From == "" {
		again = "take it out again"
	}
	switch reachOf(c.Path) {
	case ofWorkers:
		return again + "; workers can move to a new node group that has the new value"
	case ofAllNodes:
		return again + "; workers can move to a new node group that has the new value, masters cannot"
	}
	return again + ", or make a new cluster that has the new value: a new node group cannot have it"
}

// reach is whose a value is, by whether a node group can have its own.
type reach int

const (
	ofCluster  reach = iota // no group has its own; so are those of masters alone
	ofWorkers               // the default workers', or another group's
	ofAllNodes              // masters and default workers share it, other groups have their own
)

// reachOf an attribute or a label.
func reachOf(path string) reach {
	label, isLabel := strings.CutPrefix(path, "labels.")
	switch {
	case path == "flavor", strings.HasPrefix(path, "nodeGroups["):
		return ofWorkers
	case path == "image", path == "dockerVolumeSize", isLabel && table[label].ofGroup:
		return ofAllNodes
	}
	return ofCluster
}
