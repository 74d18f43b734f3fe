package heatstack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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
	l := r.lossesOf(in)
	if len(l.losing) == 0 && l.proven {
		return p
	}
	why := drainer.Unreachable(r.cluster)
	if need := l.need(why == ""); len(need) > 0 {
		return driver.Plan{Need: need}
	}
	var going []driver.Node
	var say []driver.Diagnostic
	if why != "" {
		going, say = l.unasked(why)
	} else {
		going, say = l.chosen(drainer)
	}
	p.Diagnostics = append(p.Diagnostics, say...)
	if driver.HasErrors(say) {
		p.Steps = nil
		return p
	}
	update := p.Steps[0]
	update.Nodes = append(slices.Clone(going), l.again(going, why == "")...)
	p.Steps = []driver.Step{update}
	if len(going) > 0 && why == "" {
		p.Steps = []driver.Step{{
			ID: "drain-" + identity(r.digest, going), Title: "empty " + titleOf(going),
			Kind: driver.StepDrain, Disruption: driver.EffectRemove, Nodes: going,
		}, update}
	}
	return p
}

// chosen names the nodes that go of a cluster that can be asked: of a group that
// goes as a whole all of them, of another those that the author chooses.
func (l losses) chosen(drainer Drainer) (going []driver.Node, say []driver.Diagnostic) {
	say = l.unemptied(l.untold(), "the stack does not tell which servers are theirs", "write the old count again and lower it after the update, which adds that; or empty them by hand")
	surplus := l.surplus()
	for _, group := range keys(surplus) {
		members := l.members(group)
		picked, said := members, []driver.Diagnostic(nil)
		if surplus[group] < len(members) {
			picked, said = drainer.Choose(l.r.cluster, group, slices.Clone(members), surplus[group])
		}
		say = append(say, said...)
		if !driver.HasErrors(said) && !rightful(picked, members, surplus[group]) {
			say = append(say, driver.Diagnostic{
				Severity: driver.SeverityError, Code: "driver-template",
				Summary: fmt.Sprintf("driver %q: of group %q it chose other nodes than the %d that go", l.r.about.Name, group, surplus[group]),
				Remedy:  "report it to the driver's author",
			})
		}
		for _, n := range picked {
			going = append(going, driver.Node{Name: n.Name, ServerID: n.ServerID, Group: group})
		}
	}
	return going, say
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
	switch {
	case len(nodes) > 1:
		return "nodes " + strings.Join(names, ", ") + " before they go"
	case nodes[0].Name == "":
		return names[0] + " before it goes"
	}
	return "node " + names[0] + " before it goes"
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
		if name == "" {
			continue // its group goes as a whole
		}
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
		if _, ok := mapAt(r.template, "outputs")[g.output()]; !ok {
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
