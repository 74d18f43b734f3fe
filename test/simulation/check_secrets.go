package simulation

import (
	"bytes"
	"fmt"

	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// secretChecks are promises about clusters' sets of secrets and their credentials.
var secretChecks = []check{
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
