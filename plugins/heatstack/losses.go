package heatstack

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// losses is what an update takes away, of the groups that the render has and of
// those that only the live stack still has.
type losses struct {
	r      *rendered
	parts  driver.Parts
	proven bool           // Heat has come to the end of what it was told last
	told   map[string]any // outputs of the live stack's template; nil of an adopted one, whose template is not read
	groups map[string]Group
	losing []string // by name: those that have more nodes in Heat's parameters than are wanted, or go
}

func (r *rendered) lossesOf(in driver.PlanInput) losses {
	l := losses{r: r, parts: in.Parts, proven: statusOf(in.Stack.Status).proven(), groups: map[string]Group{}}
	if held, err := decodeJSON(in.Parts.Template); err == nil && r.cluster.AdoptedStack == "" {
		l.told = mapAt(held, "outputs")
	}
	maps.Copy(l.groups, l.former())
	maps.Copy(l.groups, r.stack.Groups)
	for _, group := range keys(l.groups) {
		from, known := l.held(group)
		if l.goes(group) || known && from > l.wanted(group) {
			l.losing = append(l.losing, group)
		}
	}
	return l
}

// former are the groups that the live stack has and the render has not.
func (l losses) former() map[string]Group {
	out := map[string]Group{}
	for output := range l.told {
		if _, stays := mapAt(l.r.template, "outputs")[output]; stays || l.r.stack.Former == nil {
			continue
		}
		if group, servers := l.r.stack.Former(output); group != "" {
			out[group] = Group{Servers: servers}
		}
	}
	return out
}

// goes tells whether the whole group does.
func (l losses) goes(group string) bool { return l.groups[group].Count == "" }

// held is the count that Heat was told last.
func (l losses) held(group string) (int, bool) {
	n, err := strconv.Atoi(l.parts.Parameters[l.groups[group].Count])
	return n, err == nil
}

// wanted is the count that the render asks for.
func (l losses) wanted(group string) int {
	n, _ := strconv.Atoi(l.r.params[l.groups[group].Count])
	return n
}

// need is what has to be read before it can be said who goes. A stack that is not
// proven may have lost nodes half way, so its servers are counted in any case.
func (l losses) need(reachable bool) []driver.Part {
	lacks := func(part driver.Part) bool { return !slices.Contains(l.parts.Read, part) }
	losing := slices.DeleteFunc(slices.Clone(l.losing), func(g string) bool { return !l.tells(g) })
	var need []driver.Part
	if lacks(driver.PartOutputs) && (!l.proven || len(losing) > 0) && (reachable || len(l.namers()) > 0) {
		need = append(need, driver.PartOutputs)
	}
	if lacks(driver.PartNodes) && reachable && (len(losing) > 0 && len(need) > 0 || len(l.surplus()) > 0) {
		need = append(need, driver.PartNodes)
	}
	return need
}

// tells whether the live stack has the group's output.
func (l losses) tells(group string) bool {
	_, ok := l.told[l.groups[group].output()]
	return ok
}

// untold are the groups that lose nodes and of which Heat names no servers.
func (l losses) untold() []string {
	return slices.DeleteFunc(slices.Clone(l.losing), func(group string) bool {
		_, known := l.servers(group)
		return known
	})
}

// surplus is by how many servers each group has more than are wanted. It is the
// servers that count: one that never joined the cluster is none of its nodes.
func (l losses) surplus() map[string]int {
	out := map[string]int{}
	for _, group := range keys(l.groups) {
		servers, _ := l.servers(group)
		if more := len(servers) - l.wanted(group); more > 0 {
			out[group] = more
		}
	}
	return out
}

// servers are the ids that Heat names as a group's. They are not known while the
// output is not there, or null as of a group that failed.
func (l losses) servers(group string) (ids []string, known bool) {
	if !slices.Contains(l.parts.Read, driver.PartOutputs) {
		return nil, false
	}
	output, below, deeper := strings.Cut(l.groups[group].Servers, ".")
	v := outputOf(l.parts, output)
	if deeper {
		v = at(v, below)
	}
	var all []any
	switch v := v.(type) {
	case []any:
		all = v
	case map[string]any:
		for _, member := range keys(v) {
			all = append(all, v[member])
		}
	default:
		return nil, false
	}
	for _, v := range all {
		if id, ok := v.(string); ok && id != "" {
			ids = append(ids, id)
		}
	}
	return ids, true
}

// members are a group's servers, with what the cluster says of them. Whose a
// server is Heat tells, whatever a node says of itself.
func (l losses) members(group string) []driver.Node {
	var out []driver.Node
	servers, _ := l.servers(group)
	for _, id := range servers {
		n := driver.Node{ServerID: id}
		for _, node := range l.parts.Nodes {
			if strings.EqualFold(node.ServerID, id) {
				n = node
			}
		}
		n.ServerID, n.Group = id, group
		out = append(out, n)
	}
	return out
}

// again are the servers that Heat was told to remove with an update that failed,
// and that may be there still. Without them the next try would take others in
// their place. Of a cluster that was asked, that is so where Heat names no servers.
func (l losses) again(going []driver.Node, reachable bool) []driver.Node {
	var out []driver.Node
	for _, group := range keys(l.r.stack.Groups) {
		from, held := l.held(group)
		_, known := l.servers(group)
		told := l.parts.Parameters[l.groups[group].Remove]
		if l.proven || !held || from < l.wanted(group) || told == "" || known && reachable {
			continue
		}
		for _, id := range strings.Split(normal("comma_delimited_list", told), ",") {
			if id != "" && !slices.ContainsFunc(going, func(n driver.Node) bool { return strings.EqualFold(n.ServerID, id) }) {
				out = append(out, driver.Node{ServerID: id, Group: group})
			}
		}
	}
	return out
}
