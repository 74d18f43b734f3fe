package heatstack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// unasked names the nodes that go of a cluster that cannot be asked: those that
// people name by their server's id. Of all others Heat takes the newest.
func (l losses) unasked(why string) (going []driver.Node, say []driver.Diagnostic) {
	say = l.unemptied(l.losing, why, "empty them by hand first where that matters; Heat takes the newest but for those in nodesToRemove, by server id")
	surplus := l.surplus()
	for _, group := range l.namers() {
		servers, known := l.servers(group)
		names := l.named(group)
		for _, name := range names {
			i := slices.IndexFunc(servers, func(id string) bool { return strings.EqualFold(id, name) })
			if i >= 0 && surplus[group] > 0 {
				going = append(going, driver.Node{ServerID: servers[i], Group: group})
				surplus[group]--
			}
		}
		if lacking := among(names, servers); lacking != "" && (surplus[group] > 0 || !known) {
			say = append(say, driver.Diagnostic{
				Severity: driver.SeverityError, Code: "node-unknown", Path: "nodeGroups[" + group + "].nodesToRemove",
				Summary: fmt.Sprintf("%q is no server of group %q, and another would go in its place", lacking, group),
				Remedy:  "name servers of the group by id, for " + why + "; or take it off the list",
			})
		}
	}
	return going, say
}

// unemptied warns of groups whose nodes go as they are.
func (l losses) unemptied(groups []string, why, remedy string) []driver.Diagnostic {
	if len(groups) == 0 {
		return nil
	}
	return []driver.Diagnostic{{
		Severity: driver.SeverityWarning, Code: "undrained",
		Summary: fmt.Sprintf("nodes of %s go without being emptied: %s", strings.Join(groups, ", "), why), Remedy: remedy,
	}}
}

// namers are the groups that lose nodes, and of which people name some.
func (l losses) namers() []string {
	return slices.DeleteFunc(slices.Clone(l.losing), func(group string) bool { return len(l.named(group)) == 0 })
}

// named are the nodes of a group that people name to go first.
func (l losses) named(group string) []string {
	g, _ := l.r.cluster.Group(group)
	return slices.Compact(slices.Sorted(slices.Values(g.NodesToRemove)))
}

// among gives the first name that is none of the servers, "" where all are.
func among(names, servers []string) string {
	for _, name := range names {
		if !slices.ContainsFunc(servers, func(id string) bool { return strings.EqualFold(id, name) }) {
			return name
		}
	}
	return ""
}
