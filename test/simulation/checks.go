package simulation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// checks are the promises that hold at every moment. Those that hold in the end
// are in quiet.go.
var checks = []check{
	{
		name: "P1", says: "a step is only ever asked for what a revision that was read, whole and with its Fleet document, says of that cluster",
		step: followsRevision,
	},
	{
		name: "P1 read-only", says: "a read-only or paused fleet is not written to",
		step: mayWrite,
	},
	{
		name: "P2", says: "a stack is deleted only if its document says Absent, and no more clusters are asked away than the guard allows",
		step: deletesWithinGuard, write: deletesOnlyAbsent,
	},
	{
		name: "P3", says: "one agent never makes two stacks for one cluster",
		cloud: oneStackEach,
	},
	{
		name: "P3 double", says: "a double that an inventory has shown is not written to",
		write: leavesDoublesAlone,
	},
	{
		name: "P4", says: "nothing without our marks is changed or deleted, but for a stack that a document adopts",
		write: writesOwnOnly,
	},
	{
		name: "P4 tags", says: "every write leaves the complete tags behind",
		write: writesWholeTags,
	},
	{
		name: "P10", says: "no token and no secret's value is in anything the engine tells",
		found: tellsNoToken,
	},
	{
		name: "no storm", says: "one cluster is not written to more than a dozen times in ten minutes for one want",
		write: writesSparingly,
	},
}

// followsRevision: P1 and P5, for a newer revision counts from the event that
// brought it.
func followsRevision(_ *world, a *agent, do reconcile.Do) string {
	c := a.fleet.repo.commit(a.told)
	if c == nil {
		return fmt.Sprintf("%s: a step (%s) without a revision", do.Cluster, do.Step.Title)
	}
	if _, wrong := a.fleet.repo.read(c).Fleet(); len(wrong) > 0 {
		return fmt.Sprintf("%s: a step (%s) while the Fleet document is not readable: %s", do.Cluster, do.Step.Title, wrong[0])
	}
	r, ok := a.demand(do.Cluster)
	switch {
	case !ok:
		return fmt.Sprintf("%s: a step (%s) though revision %s has no such cluster", do.Cluster, do.Step.Title, a.told)
	case r.State == spec.Unreadable || r.Cluster == nil:
		return fmt.Sprintf("%s: a step (%s) though its document in %s is unreadable", do.Cluster, do.Step.Title, a.told)
	case r.Cluster.Lifecycle == spec.Suspended:
		return fmt.Sprintf("%s: a step (%s) though revision %s says Suspended", do.Cluster, do.Step.Title, a.told)
	case (do.Intent == plan.Absent) != (r.Cluster.Lifecycle == spec.Absent):
		return fmt.Sprintf("%s: a step towards %s though revision %s says %q", do.Cluster, do.Intent, a.told, r.Cluster.Lifecycle)
	case !reflect.DeepEqual(r.Cluster, do.Spec):
		return fmt.Sprintf("%s: a step (%s) for another spec than revision %s has", do.Cluster, do.Step.Title, a.told)
	}
	return ""
}

func mayWrite(_ *world, a *agent, do reconcile.Do) string {
	s := a.status()
	switch {
	case s.ReadOnly:
		return fmt.Sprintf("%s: a step (%s) of a read-only fleet", do.Cluster, do.Step.Title)
	case s.Paused:
		return fmt.Sprintf("%s: a step (%s) of a paused fleet", do.Cluster, do.Step.Title)
	}
	return ""
}

// deletesWithinGuard counts the clusters asked away whose stacks stand.
func deletesWithinGuard(_ *world, a *agent, do reconcile.Do) string {
	if do.Step.Kind != plan.StepDelete {
		return ""
	}
	c := a.fleet.repo.commit(a.told)
	if c == nil {
		return ""
	}
	set := a.fleet.repo.read(c)
	policy, _ := set.Fleet()
	asked := map[string]bool{}
	for _, s := range a.fleet.stacks() {
		if s.Owner == humanUser && s.Created.After(a.oracle.inventory) {
			continue // a copy that somebody made since the last inventory
		}
		name, ok := a.fleet.ours(s)
		if r, has := set.Cluster(name); ok && has && r.Cluster != nil && r.Cluster.Lifecycle == spec.Absent && a.knows(s, name) {
			asked[name] = true
		}
	}
	if len(asked) > policy.MaxDeletes {
		return fmt.Sprintf("%s: a delete though %d clusters are asked away and maxDeletes is %d", do.Cluster, len(asked), policy.MaxDeletes)
	}
	return ""
}

func deletesOnlyAbsent(_ *world, x *attempt) string {
	if x.method != http.MethodDelete || x.do.Step.Kind == plan.StepDelete && x.do.Intent == plan.Absent {
		return ""
	}
	return fmt.Sprintf("DELETE %s in a step of kind %q, intent %q", x.path, x.do.Step.Kind, x.do.Intent)
}

// grouped gives a fleet's live stacks by the cluster whose tags or name they
// carry. They are not to be changed.
func (f *fleet) grouped() map[string][]heatsim.Stack {
	seen := f.look()
	if seen.grouped == nil {
		seen.grouped = f.group(seen.stacks)
	}
	return seen.grouped
}

func (f *fleet) group(all []heatsim.Stack) map[string][]heatsim.Stack {
	out := map[string][]heatsim.Stack{}
	for _, s := range all {
		if !s.DeletionTime.IsZero() {
			continue
		}
		m := live.ParseTags(s.Tags)
		name, named := strings.CutPrefix(s.Name, f.name+"--")
		if m.Marked && m.Fleet == f.name && m.Cluster != "" {
			out[m.Cluster] = append(out[m.Cluster], s)
			if named && name != m.Cluster {
				out[name] = append(out[name], s)
			}
		} else if named {
			out[name] = append(out[name], s)
		}
	}
	return out
}

// countDoubles keeps which clusters have more than one stack, and since when.
func (f *fleet) countDoubles(w *world) {
	all := f.grouped()
	for _, name := range f.names {
		_, was := f.doubles[name]
		switch is := f.double(name, all[name]); {
		case is && !was:
			f.doubles[name] = w.now
			w.count("double")
		case !is:
			delete(f.doubles, name)
		}
	}
}

// double tells whether two stacks are one cluster: two with its tags, or two with
// its name. Somebody's stack of its name beside one that was adopted is not.
func (f *fleet) double(cluster string, all []heatsim.Stack) bool {
	tagged, named := 0, 0
	for _, s := range all {
		if m := live.ParseTags(s.Tags); m.Marked && m.Fleet == f.name && m.Cluster == cluster {
			tagged++
		}
		if s.Name == f.stackName(cluster) {
			named++
		}
	}
	return tagged > 1 || named > 1
}

func oneStackEach(w *world, f *fleet) string {
	if len(f.doubles) == 0 || len(w.agentsOf(f)) > 1 {
		return "" // two agents: see quiet.go
	}
	all := f.grouped()
	for _, name := range f.names {
		var made []string
		for _, s := range all[name] {
			if _, ours := f.ours(s); ours && s.Owner == agentUser {
				made = append(made, s.ID+" "+s.State())
			}
		}
		if len(made) > 1 {
			return fmt.Sprintf("%s has %d stacks made by one agent: %q", name, len(made), made)
		}
	}
	return ""
}

func leavesDoublesAlone(_ *world, x *attempt) string {
	since, double := x.agent.fleet.doubles[x.do.Cluster]
	if o := &x.agent.oracle; double && since.Before(o.inventory) && !o.answered.After(x.sent) {
		return fmt.Sprintf("%s %s: there are two stacks of %s since +%s, and the inventory asked for at +%s was whole",
			x.method, x.path, x.do.Cluster, clock(since.Sub(beginning)), clock(x.agent.oracle.inventory.Sub(beginning)))
	}
	return ""
}

func writesOwnOnly(_ *world, x *attempt) string {
	if !x.exists {
		return ""
	}
	cluster, ours := x.agent.fleet.ours(x.target)
	switch {
	case ours && cluster == x.do.Cluster:
		return ""
	case x.overtaken():
		return ""
	case x.do.Intent == plan.Adopt && x.do.Spec.Adopt != nil && live.ParseTags(x.target.Tags) == (live.Marks{}) &&
		(x.do.Spec.Adopt.Stack == x.target.Name || x.do.Spec.Adopt.Stack == x.target.ID):
		return ""
	}
	return fmt.Sprintf("%s %s for cluster %s: the stack has tags %q, description %q, owner %s",
		x.method, x.path, x.do.Cluster, x.target.Tags, x.target.Description, x.target.Owner)
}

func writesWholeTags(_ *world, x *attempt) string {
	if x.method == http.MethodDelete {
		return ""
	}
	var body struct {
		Tags *string `json:"tags"`
	}
	if err := json.Unmarshal(x.body, &body); err != nil || body.Tags == nil {
		return fmt.Sprintf("%s %s carries no tags", x.method, x.path)
	}
	m := live.ParseTags(strings.Split(*body.Tags, ","))
	if !m.Marked || m.Fleet != x.agent.fleet.name || m.Cluster != x.do.Cluster || m.Driver == "" || m.Digest == "" {
		return fmt.Sprintf("%s %s carries the tags %q", x.method, x.path, *body.Tags)
	}
	return ""
}

func tellsNoToken(w *world, a *agent, f reconcile.Finding) string {
	if secret := w.secretIn(f.Message + f.Remedy); secret != "" {
		return fmt.Sprintf("%s: a finding has %s: %s", f.Cluster, secret, f.Message)
	}
	return ""
}

const (
	stormTime   = 10 * time.Minute
	stormWrites = 12
)

func writesSparingly(w *world, x *attempt) string {
	all := x.agent.oracle.writes[x.do.Cluster]
	for len(all) > 0 && w.now.Sub(all[0]) > stormTime {
		all = all[1:]
	}
	x.agent.oracle.writes[x.do.Cluster] = all
	if len(all) > stormWrites {
		return fmt.Sprintf("%s was written to %d times in %v", x.do.Cluster, len(all), stormTime)
	}
	return ""
}

// agentsOf gives all agents that were ever started for a fleet.
func (w *world) agentsOf(f *fleet) []*agent {
	var out []*agent
	for _, p := range w.processes {
		for _, a := range p.agents {
			if a.fleet == f && p.life > 0 {
				out = append(out, a)
			}
		}
	}
	return out
}

// idOf gives the stack's id of a path /stacks/name/id.
func idOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) >= 3 && parts[0] == "stacks" {
		return parts[2]
	}
	return ""
}
