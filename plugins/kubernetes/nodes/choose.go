package nodes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Choose names the nodes that go when a group is to lose count of its nodes:
// those that a person named (by name or server id), those that are being emptied
// already, so that a choice once begun is kept; then broken ones, cordoned ones,
// the emptiest and the newest. It is pure, and the order in which nodes are given
// does not matter.
//
// Only nodes that say that they are the group's and have a server id of their own
// are chosen, never more than count. A diagnostic tells of named nodes that are
// none of the group or stay, and of nodes that are not there to be chosen; with an
// error among them the choice is not to be acted on.
func Choose(group string, all []driver.Node, count int, named []string) ([]driver.Node, []driver.Diagnostic) {
	if count <= 0 {
		return nil, nil
	}
	able := choosable(group, all)
	first, say := wished(group, able, count, named)
	slices.SortFunc(able, func(a, b driver.Node) int {
		return cmp.Or(
			before(first[a.ServerID], first[b.ServerID]),
			before(!a.DrainSince.IsZero(), !b.DrainSince.IsZero()),
			before(!a.Ready, !b.Ready),
			before(a.Cordoned, b.Cordoned),
			cmp.Compare(a.Pods, b.Pods),
			b.Created.Compare(a.Created),
			strings.Compare(a.Name, b.Name),
			strings.Compare(a.ServerID, b.ServerID),
		)
	})
	if len(able) < count {
		say = append(say, driver.Diagnostic{
			Severity: driver.SeverityError, Code: "nodes-missing",
			Summary: fmt.Sprintf("%d nodes of group %q are to go and %d can be told apart", count, group, len(able)),
			Remedy:  "look at the nodes' " + GroupLabel + " labels and provider ids",
		})
	}
	return able[:min(count, len(able))], say
}

// choosable are the group's nodes whose server id is nobody else's.
func choosable(group string, all []driver.Node) []driver.Node {
	owners := map[string]int{}
	for _, n := range all {
		owners[strings.ToLower(n.ServerID)]++
	}
	var out []driver.Node
	for _, n := range all {
		if n.Group == group && n.ServerID != "" && owners[strings.ToLower(n.ServerID)] == 1 {
			out = append(out, n)
		}
	}
	return out
}

// before orders what is so before what is not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
