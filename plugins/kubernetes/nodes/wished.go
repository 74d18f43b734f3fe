package nodes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// wished finds the nodes that people named, by server id. A name that is nobody's
// is passed over while there are enough others: a list outlives the nodes that
// went by it. Where another node would go in its place it is an error, since it
// may as well be misspelt.
func wished(group string, able []driver.Node, count int, named []string) (map[string]bool, []driver.Diagnostic) {
	first, unknown := map[string]bool{}, []string(nil)
	for _, name := range slices.Compact(slices.Sorted(slices.Values(named))) {
		found := false
		for _, n := range able {
			if n.Name == name || strings.EqualFold(n.ServerID, name) {
				first[n.ServerID], found = true, true
			}
		}
		if !found {
			unknown = append(unknown, name)
		}
	}
	d := driver.Diagnostic{Severity: driver.SeverityWarning, Path: "nodeGroups[" + group + "].nodesToRemove"}
	switch {
	case len(unknown) > 0 && len(first) < count:
		d.Severity, d.Code = driver.SeverityError, "node-unknown"
		d.Summary = fmt.Sprintf("%s of nodesToRemove is no node of group %q, and another would go in its place", quoted(unknown), group)
		d.Remedy = "take it off the list, or name nodes of the group by name or server id"
	case len(unknown) > 0:
		d.Code = "node-gone"
		d.Summary = fmt.Sprintf("%s of nodesToRemove is no node of group %q any more, and is passed over", quoted(unknown), group)
		d.Remedy = "take it off the list"
	case len(first) > count:
		d.Code = "node-stays"
		d.Summary = fmt.Sprintf("nodesToRemove names %d nodes of group %q, of which %d go", len(first), group, count)
		d.Remedy = "lower nodeCount, or take those off the list that are to stay"
	default:
		return first, nil
	}
	return first, []driver.Diagnostic{d}
}

// quoted lists a few names.
func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return told(out)
}
