package heatstack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// drainFirst puts a drain before an update that takes nodes away, and names them
// to both. Which nodes go is chosen anew each time, of what the cluster and Heat
// say then: there is nothing to remember.
func (d *stackDriver) drainFirst(r *rendered, in driver.PlanInput, p driver.Plan) driver.Plan {
	drainer, ok := d.author.(Drainer)
	if !ok || in.Stack == nil || len(p.Steps) != 1 || p.Steps[0].Kind != driver.StepUpdate || driver.HasErrors(p.Diagnostics) {
		return p
	}
	shrinking, proven := r.shrinking(in.Parts.Parameters), statusOf(in.Stack.Status).proven()
	if len(shrinking) == 0 && proven {
		return p
	}
	if why := drainer.Unreachable(r.cluster); why != "" {
		if len(shrinking) > 0 {
			p.Diagnostics = append(p.Diagnostics, driver.Diagnostic{
				Severity: driver.SeverityWarning, Code: "undrained",
				Summary: fmt.Sprintf("nodes of %s go without being emptied: %s", strings.Join(shrinking, ", "), why),
				Remedy:  "empty them by hand first where that matters; Heat takes the newest",
			})
		}
		return p
	}
	need := func(part driver.Part) bool { return !slices.Contains(in.Parts.Read, part) }
	if need(driver.PartOutputs) && (proven || len(shrinking) > 0) {
		return driver.Plan{Need: slices.DeleteFunc([]driver.Part{driver.PartOutputs, driver.PartNodes}, func(p driver.Part) bool { return !need(p) })}
	}
	if need(driver.PartOutputs) {
		return driver.Plan{Need: []driver.Part{driver.PartOutputs}} // a failed stack may have lost nodes half way
	}
	surplus := r.surplus(in.Parts)
	if len(surplus) == 0 {
		return p
	}
	if need(driver.PartNodes) {
		return driver.Plan{Need: []driver.Part{driver.PartNodes}}
	}
	return r.removing(drainer, in.Parts, surplus, p)
}

// removing names the nodes that go.
func (r *rendered) removing(drainer Drainer, parts driver.Parts, surplus map[string]int, p driver.Plan) driver.Plan {
	var going []driver.Node
	for _, group := range keys(surplus) {
		members := r.members(group, parts)
		chosen, say := drainer.Choose(r.cluster, group, slices.Clone(members), surplus[group])
		p.Diagnostics = append(p.Diagnostics, say...)
		if !driver.HasErrors(say) && !rightful(chosen, members, surplus[group]) {
			p.Diagnostics = append(p.Diagnostics, driver.Diagnostic{
				Severity: driver.SeverityError, Code: "driver-template",
				Summary: fmt.Sprintf("driver %q: of group %q it chose other nodes than the %d that go", r.about.Name, group, surplus[group]),
				Remedy:  "report it to the driver's author",
			})
		}
		for _, n := range chosen {
			going = append(going, driver.Node{Name: n.Name, ServerID: n.ServerID, Group: group})
		}
	}
	if driver.HasErrors(p.Diagnostics) {
		p.Steps = nil
		return p
	}
	update := p.Steps[0]
	update.Nodes = going
	p.Steps = []driver.Step{{
		ID: "drain-" + identity(r.digest, going), Title: "empty " + titleOf(going) + " before they go",
		Kind: driver.StepDrain, Disruption: driver.EffectRemove, Nodes: going,
	}, update}
	return p
}

// shrinking names the groups of which Heat holds a larger count than is wanted.
func (r *rendered) shrinking(shown map[string]string) []string {
	var out []string
	for _, group := range keys(r.stack.Groups) {
		count := r.stack.Groups[group].Count
		from, err := strconv.Atoi(shown[count])
		if to, ok := r.wanted(group); err == nil && ok && from > to {
			out = append(out, group)
		}
	}
	return out
}

func (r *rendered) wanted(group string) (int, bool) {
	n, err := strconv.Atoi(r.params[r.stack.Groups[group].Count])
	return n, err == nil
}

// surplus is by how many servers each group has more than are wanted. It is the
// servers that count: one that never joined the cluster is none of its nodes.
func (r *rendered) surplus(parts driver.Parts) map[string]int {
	out := map[string]int{}
	for _, group := range keys(r.stack.Groups) {
		if to, ok := r.wanted(group); ok {
			if more := len(r.servers(group, parts)) - to; more > 0 {
				out[group] = more
			}
		}
	}
	return out
}

// servers are the ids that Heat names as a group's.
func (r *rendered) servers(group string, parts driver.Parts) []string {
	list, _ := outputOf(parts, r.stack.Groups[group].Servers).([]any)
	var out []string
	for _, v := range list {
		if id, ok := v.(string); ok && id != "" {
			out = append(out, id)
		}
	}
	return out
}

// members are a group's servers, with what the cluster says of them. Whose a
// server is Heat tells, whatever a node says of itself.
func (r *rendered) members(group string, parts driver.Parts) []driver.Node {
	var out []driver.Node
	for _, id := range r.servers(group, parts) {
		n := driver.Node{ServerID: id}
		for _, node := range parts.Nodes {
			if strings.EqualFold(node.ServerID, id) {
				n = node
			}
		}
		n.ServerID, n.Group = id, group
		out = append(out, n)
	}
	return out
}

// rightful tells whether as many were chosen as asked, each once and of these.
func rightful(chosen, members []driver.Node, count int) bool {
	seen := map[string]bool{}
	for _, n := range chosen {
		seen[n.ServerID] = slices.ContainsFunc(members, func(m driver.Node) bool { return m.ServerID == n.ServerID })
	}
	for _, ok := range seen {
		if !ok {
			return false
		}
	}
	return len(seen) == count && len(chosen) == count
}

// identity makes a step of other nodes, or towards another render, another step.
func identity(digest string, nodes []driver.Node) string {
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ServerID
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(digest + " " + strings.Join(ids, " ")))
	return hex.EncodeToString(sum[:8])
}

func titleOf(nodes []driver.Node) string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		if names[i] = n.Name; n.Name == "" {
			names[i] = "server " + n.ServerID
		}
	}
	slices.Sort(names)
	if len(names) == 1 {
		return "node " + names[0]
	}
	return "nodes " + strings.Join(names, ", ")
}

// oneTime tells whether a parameter says which servers go with one update, or that
// a stack is new: what Heat keeps of it is no difference.
func (r *rendered) oneTime(name string) bool {
	if name == r.stack.Begin && name != "" {
		return true
	}
	for _, g := range r.stack.Groups {
		if g.Remove == name {
			return true
		}
	}
	return false
}

// removal gives the parameters that name the servers of a step.
func (w *write) removal() map[string]string {
	out := map[string]string{}
	for _, n := range w.in.Nodes {
		name := w.r.stack.Groups[n.Group].Remove
		if out[name] != "" {
			out[name] += ","
		}
		out[name] += n.ServerID
	}
	return out
}

// checkGroups holds what is said of groups to the template.
func (r *rendered) checkGroups() {
	for _, group := range keys(r.stack.Groups) {
		g := r.stack.Groups[group]
		if _, ok := r.declared[g.Count]; !ok {
			r.wrong("group %q is counted by parameter %q, which the template does not declare", group, g.Count)
		}
		if p, ok := r.declared[g.Remove]; !ok || p.kind != "comma_delimited_list" || !p.hasDef || p.def != "" || r.stack.Parameters[g.Remove] != nil {
			r.wrong("group %q loses nodes by parameter %q, which must be a comma_delimited_list with an empty default that nothing is given to", group, g.Remove)
		}
		if _, ok := mapAt(r.template, "outputs")[g.Servers]; !ok {
			r.wrong("group %q tells its servers by output %q, which the template does not have", group, g.Servers)
		}
	}
}

// cleanFirst puts a clean before a delete.
func (d *stackDriver) cleanFirst(in driver.PlanInput, p driver.Plan) driver.Plan {
	if _, ok := d.author.(Cleaner); !ok || len(p.Steps) != 1 || p.Steps[0].Kind != driver.StepDelete {
		return p
	}
	p.Steps = append([]driver.Step{{
		ID: "clean-" + in.Stack.ID, Title: "remove what the cluster made beside stack " + in.Stack.Name,
		Kind: driver.StepDrain, Disruption: driver.EffectRemove,
	}}, p.Steps...)
	return p
}
