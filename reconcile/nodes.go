package reconcile

import "strconv"

// NodesAsked is how many nodes are asked for, for people: a dash where no document that can
// be read says.
func (c ClusterStatus) NodesAsked() string {
	if c.Outcome == Held && (c.Code == HeldOrphan || c.Code == HeldUnreadable) && c.Nodes.Desired == 0 {
		return "-"
	}
	return strconv.Itoa(c.Nodes.Desired)
}
