package simulation

import (
	"context"
	"slices"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/spec"
)

type stacks = []heatsim.Stack

// unrest says why a cluster is not where it belongs, "" if it is. Of a stack with the
// cluster's tags and another of its name alone, the first is the cluster's.
func (s *subjectOf) unrest() string {
	said := s.status.Outcome
	if said == reconcile.Waiting && s.status.Code == reconcile.WaitReadOnly && s.readOnly {
		return ""
	}
	if len(s.stacks) > 1 && !s.agent.fleet.double(s.name, s.stacks) {
		s.stacks = slices.DeleteFunc(slices.Clone(s.stacks), func(x heatsim.Stack) bool { return !live.ParseTags(x.Tags).Marked })
	}
	if len(s.stacks) > 1 {
		return s.wants(said == reconcile.Stalled && s.status.Code == reconcile.FaultConflict || s.untold(), "two stacks must be reported")
	}
	switch {
	case !s.documented:
		return s.undocumented()
	case s.resolved.State == spec.Unreadable || s.resolved.Cluster == nil:
		return s.wants(said == reconcile.Held && s.status.Code == reconcile.HeldUnreadable, "an unreadable document must be held")
	case s.resolved.Cluster.Lifecycle == spec.Suspended:
		return s.wants(said == reconcile.Held && s.status.Code == reconcile.HeldSuspended, "it must be suspended")
	case s.resolved.Cluster.Lifecycle == spec.Absent:
		return s.absent()
	}
	return s.present()
}

func (s *subjectOf) wants(ok bool, what string) string {
	if ok {
		return ""
	}
	return what
}

// untold tells whether nobody expects a word about a cluster: none of its stacks is
// ours and no document names it.
func (s *subjectOf) untold() bool {
	for _, x := range s.stacks {
		if _, ours := s.agent.fleet.ours(x); ours {
			return false
		}
	}
	return !s.documented
}

func (s *subjectOf) undocumented() string {
	if len(s.stacks) == 1 && live.ParseTags(s.stacks[0].Tags).Cluster == s.name && live.ParseTags(s.stacks[0].Tags).Marked {
		return s.wants(s.status.Outcome == reconcile.Held && s.status.Code == reconcile.HeldOrphan, "an orphan must be reported")
	}
	return s.wants(s.status.Outcome == "", "nothing is to be said of it")
}

func (s *subjectOf) absent() string {
	if len(s.stacks) == 1 {
		if _, ours := s.agent.fleet.ours(s.stacks[0]); ours && !s.readOnly {
			return "its stack is still there: " + s.stacks[0].State()
		}
		return s.wants(s.status.Outcome != reconcile.Retrying && s.status.Outcome != reconcile.Waiting, "it must come to an end")
	}
	if s.status.Outcome != reconcile.Settled {
		return "it is gone, so it must be settled"
	}
	return s.leftSecrets()
}

func (s *subjectOf) present() string {
	code := s.status.Code
	switch s.status.Outcome {
	case reconcile.Settled:
		if len(s.stacks) == 0 {
			return "there is no stack"
		}
		if wrong := s.leftSecrets(); wrong != "" {
			return wrong
		}
		return s.planAgain()
	case reconcile.Held:
		switch code {
		case reconcile.HeldSecret:
			return s.wants(s.secretHolds(), "it needs no secret")
		case reconcile.HeldDrift:
			return s.wants(s.report, "the fleet puts drift right")
		}
		return "nothing holds it any more"
	case reconcile.Stalled:
		return s.stalled()
	}
	return "it must come to an end"
}

// stalled says why a stalled cluster should not be.
func (s *subjectOf) stalled() string {
	adopts := s.resolved.Cluster.Adopt != nil
	switch s.status.Code {
	case reconcile.FaultConflict:
		if len(s.stacks) == 1 {
			_, ours := s.agent.fleet.ours(s.stacks[0])
			m := live.ParseTags(s.stacks[0].Tags)
			return s.wants(!ours || adopts || m.Driver != "" && m.Driver != s.resolved.Cluster.Driver, "there is no conflict")
		}
		return s.wants(adopts, "there is no conflict")
	case reconcile.FaultConfig:
		adopted := len(s.stacks) == 1 && s.stacks[0].Name != s.agent.fleet.stackName(s.name)
		return s.wants(adopts || adopted || s.refused(), "nothing in its document is refused")
	case reconcile.FaultQuota:
		full := s.agent.w.scenario.Cloud.MaxStacks
		return s.wants(full > 0 && len(s.agent.fleet.stacks()) >= full, "there is room")
	}
	return "no fault is left"
}

// refused tells whether the driver refuses what the document asks.
func (s *subjectOf) refused() bool {
	stack, parts, err := s.read()
	if err != nil {
		return false
	}
	g := s.agent.p.programs[s.resolved.Cluster.Driver]
	p := g.impl.Plan(driver.PlanInput{Intent: driver.IntentPresent, Cluster: s.cluster(), Stack: &stack, Parts: parts, Deep: true, Secrets: s.secrets()})
	if driver.HasErrors(p.Diagnostics) {
		return true
	}
	for _, c := range p.Changes {
		if c.Effect == driver.EffectRefused {
			return true
		}
	}
	return false
}

func (s *subjectOf) cluster() driver.Cluster {
	return carry.ClusterOf(s.agent.fleet.name, s.resolved.Cluster)
}

// read gives the cluster's stack and all its parts, as the people see them.
func (s *subjectOf) read() (driver.Stack, driver.Parts, error) {
	if len(s.stacks) == 0 {
		return driver.Stack{}, driver.Parts{}, errNoStack
	}
	x := s.stacks[0]
	client := s.agent.fleet.people.client()
	rows, err := client.Find(context.Background(), x.Name)
	if err != nil || len(rows) == 0 {
		return driver.Stack{}, driver.Parts{}, errNoStack
	}
	parts, err := openstack.NewReader(client).ReadParts(context.Background(), x.Name, x.ID,
		[]live.Part{live.PartShow, live.PartTemplate, live.PartResources, live.PartOutputs})
	if err != nil {
		return driver.Stack{}, driver.Parts{}, err
	}
	return carry.StackOf(rows[0]), carry.PartsOf(parts), nil
}
