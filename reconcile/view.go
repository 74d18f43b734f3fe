package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// Status gives a whole copy of what is known, for people. It walks the fleet.
func (e *Engine) Status() FleetStatus {
	f := FleetStatus{
		Name: e.settings.Fleet, Revision: e.source.revision, SourceError: e.source.fault, SourceNotice: e.source.notice(), CloudError: e.cloud.inventory.Fault,
		Paused: e.paused, ReadOnly: e.settings.ReadOnly,
		Ready:    Readiness{Source: e.source.revision != "", Inventory: e.cloud.whole},
		Lanes:    LaneTimes{Source: e.source.last, Inventory: e.cloud.inventory.Last, DeepTour: e.tour.ended},
		Clusters: make([]ClusterStatus, 0, len(e.tour.names)),
	}
	if f.SourceError == nil && f.Revision != "" {
		f.SourceError = e.fleetFault()
	}
	if e.started {
		f.WaitsFor = e.firstReads()
	}
	f.Unreadable, f.UnreadableCount = e.source.unreadable()
	held := map[Code][]string{}
	for _, name := range e.tour.names {
		c := e.clusters[name]
		if c == nil {
			continue
		}
		f.Clusters = append(f.Clusters, e.clusterStatus(c))
		if c.Said.Outcome == Held {
			held[c.Said.Code] = append(held[c.Said.Code], name)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(held)) {
		g := GuardStatus{Code: code, Clusters: held[code]}
		if code == HeldMaxDeletes || code == HeldMaxCreates {
			g.Message = e.guardMessage(code)
			f.Guards = append(f.Guards, g)
		}
	}
	return f
}

// nextLook is when a cluster is looked at again at the latest: at its own turn,
// else with the next inventory; now while something is on its way.
func (e *Engine) nextLook(c *cluster) time.Time {
	at := earliest(c.Next, e.cloud.inventory.Next)
	if c.Open != nil || at.Before(e.now) {
		return e.now
	}
	return at
}

func (e *Engine) clusterStatus(c *cluster) ClusterStatus {
	d, o := e.demanded(c.Name), e.owner(c.Name)
	s := ClusterStatus{
		Name: c.Name, Outcome: c.Said.Outcome, Code: c.Said.Code, Message: c.Said.Message, Who: c.Said.Who,
		Remedy: c.Said.Remedy, Since: c.Said.Since, Until: c.Said.Until, NextLook: e.nextLook(c), Attempt: c.Retry.Attempt,
		SettledRevision: c.SettledRevision, PlannedRevision: c.PlannedRevision,
		Health: c.Health.Health, HealthSince: c.Health.Since, HealthReasons: c.Health.Reasons, APIAddress: c.Facts.APIAddress,
		Nodes: NodeCounts{Live: c.Facts.NodesLive}, Drift: c.Drift,
	}
	if c.Said.Outcome == Settled {
		s.SettledRevision = e.source.revision // an untouched cluster holds the newest revision too
	}
	if s.Health == "" {
		s.Health = Unknown
	}
	if s.Drift == nil {
		s.Drift = []plan.Change{}
	}
	if d.kind != demandNone && d.resolved.Path != "" {
		s.Position = spec.Plain(fmt.Sprintf("%s:%d", d.resolved.Path, d.resolved.Line))
	}
	if w := d.resolved.Cluster; w != nil {
		s.Nodes.Desired = w.Nodes()
		s.Driver = w.Driver
		if names := e.serving(w); s.Driver == "" && len(names) == 1 {
			s.Driver = names[0]
		}
	}
	if o.kind == ownOne || o.kind == ownUntagged {
		row := o.row
		s.Stack = StackStatus{Name: row.Name, ID: row.ID, Status: row.Status.String(), Row: &row}
		if made := row.Marks().Driver; made != "" {
			s.Driver = made
		}
	}
	if ds := e.drivers[s.Driver]; ds != nil && ds.Driver.Masterless && d.resolved.Cluster != nil {
		s.Nodes.Desired -= d.resolved.Cluster.Masters()
	}
	if len(c.Plan.Plan.Steps) > 0 {
		p := c.Plan.Plan
		s.Plan = &p
	}
	return s
}

// Hints gives what saves the next start time. Clean tells that no create of
// unknown fate can still be taken; only who carries commands out knows whether
// one is under way or was cut off.
func (e *Engine) Hints() Hints {
	h := Hints{Clean: e.settledIn(), Paused: e.paused, Cloud: e.cloudID, Revision: e.source.revision, Clusters: map[string]ClusterHint{}}
	for name, old := range e.hints {
		if e.clusters[name] == nil && !e.cloud.whole {
			h.Clusters[name] = old
		}
	}
	for name, c := range e.clusters {
		if c.Settled.StackID == "" {
			continue
		}
		h.Clusters[name] = ClusterHint{
			StackID: c.Settled.StackID, Digest: c.Settled.Digest, Updated: c.Settled.Updated, SpecHash: c.Settled.SpecHash,
			Driver: c.Settled.Driver, Revision: c.SettledRevision,
			Facts: FactsHint{APIAddress: c.Facts.APIAddress, NodesLive: c.Facts.NodesLive},
		}
	}
	return h
}

// settledIn tells whether every create that was answered, in this run or the one
// before, can be seen by now.
func (e *Engine) settledIn() bool {
	if e.settleUntil.After(e.now) {
		return false
	}
	for _, c := range e.clusters {
		if c.Doubt.After(e.now) {
			return false
		}
	}
	return true
}
