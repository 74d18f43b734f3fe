package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// crewChecks are promises about nodes, about what clusters make beside their
// stacks, and about their secrets.
var crewChecks = []check{
	{
		name: "drained", says: "an update takes no server away that was not emptied",
		write: takesEmptyServers,
	},
	{
		name: "cleaned", says: "a stack is deleted only once nothing of its cluster is left beside it",
		write: deletesCleanStacks,
	},
	{
		name: "P11 secrets", says: "a stack is made with the set of secrets that the store holds for its cluster",
		write: madeWithItsSet,
	},
	{
		name: "P1 secrets", says: "a cluster's secrets are dropped only if its document says Absent, or to make room for what they lack",
		event: dropsOfAbsent,
	},
}

// Promises that are broken by a call to the secret store or to Keystone.
const (
	promiseKept       = "P2 secrets"
	promiseCredential = "P2 credential"
)

func init() {
	endSays[promiseKept] = "a cluster's secrets are kept while a stack of it is known"
	endSays[promiseCredential] = "a credential is dropped only if no set has it"
}

// ofCrew tells whether a write is one to a stack that has nodes.
func (x *attempt) ofCrew() bool { return x.do.Driver == crew && x.exists }

// writtenSpec is the part of a request's body that says what is asked of a stack.
type writtenSpec struct {
	Parameters map[string]any `json:"parameters"`
}

func (x *attempt) spec() writtenSpec {
	d := json.NewDecoder(bytes.NewReader(x.body))
	d.UseNumber()
	var s writtenSpec
	_ = d.Decode(&s)
	return s
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// takesEmptyServers counts what an update leaves of a group. What becomes of a stack
// while the write is on the wire nobody can know.
func takesEmptyServers(w *world, x *attempt) string {
	if !x.ofCrew() || x.method == http.MethodDelete || x.do.Intent == plan.Absent || x.overtaken() || x.target.Updated.After(x.sent) {
		return ""
	}
	want := x.spec()
	count, err := strconv.Atoi(textOf(want.Parameters[crewGroup]))
	if err != nil {
		return "" // it does not speak of the count
	}
	members := x.agent.fleet.members(x.target.Name, x.target.ID)
	named := strings.Split(textOf(want.Parameters[crewRemove]), ",")
	for _, id := range named {
		if slices.Contains(members, id) && !w.site.isEmpty(id) {
			return fmt.Sprintf("%s %s: server %s is named to go and was not emptied", x.method, x.path, id)
		}
	}
	others := slices.DeleteFunc(slices.Clone(members), func(id string) bool { return slices.Contains(named, id) })
	if len(others) > count {
		return fmt.Sprintf("%s %s: %d servers are to stay of %q, and %q are named to go", x.method, x.path, count, members, named)
	}
	return ""
}

// members are the servers of a stack's group, as Heat tells them; nil where it
// does not.
func (f *fleet) members(name, id string) []string {
	parts, err := openstack.NewReader(f.people.client()).ReadParts(context.Background(), name, id, []live.Part{live.PartOutputs})
	if err != nil {
		return nil
	}
	text, err := json.Marshal(parts.Outputs[crewServers])
	if err != nil {
		return nil
	}
	return serversOf(text)
}

func deletesCleanStacks(w *world, x *attempt) string {
	if !x.ofCrew() || x.method != http.MethodDelete || w.site.isClean(x.target.ID) {
		return ""
	}
	return fmt.Sprintf("DELETE %s: something of the cluster is left beside its stack", x.path)
}

func madeWithItsSet(w *world, x *attempt) string {
	if x.do.Driver != crew || x.do.Step.Kind != plan.StepCreate {
		return ""
	}
	o := secretstore.Owner{Fleet: x.agent.fleet.name, Cluster: x.do.Cluster}
	if at, lost := w.vault.lostAt[o]; lost && w.now.Sub(at) < applyDeadline {
		return "" // since the step read it
	}
	set, ok := w.vault.sets[o]
	if !ok {
		return fmt.Sprintf("%s: a create, and the store has no set", x.do.Cluster)
	}
	join, _ := set.Find(crewJoin)
	if got := textOf(x.spec().Parameters[crewJoin]); got != string(join.Value) {
		return fmt.Sprintf("%s: a create with another %q than the store has", x.do.Cluster, crewJoin)
	}
	return ""
}

// dropsOfAbsent holds the asking for a removal of a set against its promise. A
// newer revision may come while the store takes its time: then a set is made anew,
// for there is no stack.
func dropsOfAbsent(_ *world, a *agent, _ reconcile.Event, out reconcile.Output) string {
	for _, cmd := range out.Commands {
		d, ok := cmd.(reconcile.DropSecrets)
		if !ok {
			continue
		}
		r, ok := a.demand(d.Cluster)
		lacks := a.w.vault.lacks(secretstore.Owner{Fleet: a.fleet.name, Cluster: d.Cluster})
		if !ok || r.Cluster == nil || r.Cluster.Lifecycle != spec.Absent && !(r.Cluster.Driver == crew && lacks) {
			return fmt.Sprintf("%s: its secrets are to be dropped, and revision %q does not say Absent", d.Cluster, a.told)
		}
	}
	return ""
}

// dropping holds the removal of a set, as it arrives, against what is there.
func (w *world) dropping(o secretstore.Owner) {
	a := w.running.of
	for _, s := range a.fleet.of(o.Cluster) {
		copied := s.Owner == humanUser && s.Created.After(a.oracle.inventory) // since the last inventory
		if _, ours := a.fleet.ours(s); ours && !copied && isPresent(s) && a.knows(s, o.Cluster) {
			w.fail(promiseKept, "%s: its secrets are dropped, and stack %s is %s", o, s.ID, s.State())
		}
	}
}

// undoing holds the removal of a credential against its promise.
func (w *world) undoing(o secretstore.Owner, ids ...string) {
	v, ok := w.vault.sets[o].Find(crewCloud)
	if !ok {
		return
	}
	for _, id := range ids {
		if bytes.Contains(v.Value, []byte(id)) {
			w.fail(promiseCredential, "%s: credential %s is dropped, and its set has it", o, id)
		}
	}
}

// leftSecrets says what of a cluster's secrets should not be there in the end, or
// lacks.
func (s *subjectOf) leftSecrets() string {
	v := s.agent.w.vault
	if !s.agent.w.scenario.Nodes || s.readOnly {
		return ""
	}
	o := secretstore.Owner{Fleet: s.agent.fleet.name, Cluster: s.name}
	_, set := v.sets[o]
	switch {
	case s.resolved.Cluster.Lifecycle == spec.Absent && (set || len(v.credentials[o]) > 0):
		return fmt.Sprintf("it is gone, and of its secrets are left: a set %v, credentials %q", set, v.credentials[o])
	case s.resolved.Cluster.Lifecycle == spec.Present && s.resolved.Cluster.Driver == crew && !set:
		return "there is no set of its secrets"
	}
	return ""
}

// secretHolds tells whether what a cluster is held for can be: a set that is not the
// stack's, or none for a stack that somebody made.
func (s *subjectOf) secretHolds() bool {
	if s.resolved.Cluster.Driver != crew || s.resolved.Cluster.Adopt != nil {
		return s.resolved.Cluster.Adopt != nil || s.resolved.Cluster.Driver == safe && !s.agent.w.scenario.Nodes
	}
	set, ok := s.agent.w.vault.sets[secretstore.Owner{Fleet: s.agent.fleet.name, Cluster: s.name}]
	if !ok || len(s.stacks) != 1 {
		return len(s.stacks) == 1
	}
	join, _ := set.Find(crewJoin)
	return s.stacks[0].Parameters[crewJoin] != string(join.Value)
}

// secrets are what pure calls know the cluster's set by.
func (s *subjectOf) secrets() []driver.Secret {
	if s.resolved.Cluster.Driver != crew {
		return nil
	}
	return s.agent.w.vault.idsOf(secretstore.Owner{Fleet: s.agent.fleet.name, Cluster: s.name})
}
