package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/reconcile"
)

// Source is asked at each scrape. It is called concurrently, and answers in
// bounded time.
type Source interface {
	Fleets() []Fleet
	Drivers() []Driver
}

// Fleet is one fleet at scrape time.
type Fleet struct {
	Name       string
	Beat       time.Time // when its loop last turned
	StateError bool      // hints cannot be kept
	// Status is nil when the loop did not answer in time.
	Status *reconcile.FleetStatus
}

// Driver is one driver at scrape time.
type Driver struct {
	Name, Version string
	Up            bool
}

// collector makes the metrics of a scrape from the source.
type collector struct {
	source Source
	drift  *driftTimes
}

// Describe sends the metrics that Collect gives.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, e := range []*Entry{
		loopTime, stateError, revisionInfo, sourceError, unreadable, sourceTime, cloudError, listTime, tourTime, paused, readOnly,
		byOutcome, byHealth, guarded, outcome, health, since, desired, nodesLive, driftCount, driftTime,
		driverUp,
	} {
		out <- e.desc()
	}
}

// Collect asks the source and sends what it says.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := scrape{out: out, descs: map[*Entry]*prometheus.Desc{}}
	for _, f := range c.source.Fleets() {
		s.send(loopTime, seconds(f.Beat), f.Name)
		s.send(stateError, oneIf(f.StateError), f.Name)
		if f.Status != nil {
			s.fleet(*f.Status)
			s.clusters(*f.Status, c.drift)
		}
	}
	for _, d := range c.source.Drivers() {
		s.send(driverUp, oneIf(d.Up), d.Name, d.Version)
	}
}

// scrape is one collection.
type scrape struct {
	out   chan<- prometheus.Metric
	descs map[*Entry]*prometheus.Desc
}

func (s scrape) send(e *Entry, value float64, labels ...string) {
	d := s.descs[e]
	if d == nil {
		d = e.desc()
		s.descs[e] = d
	}
	s.out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// sendTime leaves out what has not happened.
func (s scrape) sendTime(e *Entry, at time.Time, labels ...string) {
	if !at.IsZero() {
		s.send(e, seconds(at), labels...)
	}
}

func (s scrape) fleet(f reconcile.FleetStatus) {
	if f.Revision != "" {
		s.send(revisionInfo, 1, f.Name, f.Revision)
	}
	s.send(sourceError, oneIf(f.SourceError != nil), f.Name)
	s.send(unreadable, float64(f.UnreadableCount), f.Name)
	s.send(cloudError, oneIf(f.CloudError != nil), f.Name)
	s.send(paused, oneIf(f.Paused), f.Name)
	s.send(readOnly, oneIf(f.ReadOnly), f.Name)
	s.sendTime(sourceTime, f.Lanes.Source, f.Name)
	s.sendTime(listTime, f.Lanes.Inventory, f.Name)
	s.sendTime(tourTime, f.Lanes.DeepTour, f.Name)
	held := map[reconcile.Code]int{}
	for _, g := range f.Guards {
		held[g.Code] += len(g.Clusters)
	}
	for code, n := range held {
		s.send(guarded, float64(n), f.Name, string(code))
	}
}

var healths = []reconcile.Health{reconcile.Healthy, reconcile.Unhealthy, reconcile.Unknown}

func (s scrape) clusters(f reconcile.FleetStatus, drift *driftTimes) {
	outcomes, byHealths := map[reconcile.Outcome]int{}, map[reconcile.Health]int{}
	drifted := map[string]bool{}
	for _, c := range f.Clusters {
		drifted[c.Name] = len(c.Drift) > 0
	}
	times := drift.keep(f.Name, drifted, time.Now())
	for _, c := range f.Clusters {
		s.cluster(f.Name, c, times[c.Name])
		outcomes[c.Outcome]++
		byHealths[known(c.Health)]++
	}
	for _, o := range reconcile.Outcomes {
		s.send(byOutcome, float64(outcomes[o]), f.Name, string(o))
	}
	for _, h := range healths {
		s.send(byHealth, float64(byHealths[h]), f.Name, string(h))
	}
}

func (s scrape) cluster(fleet string, c reconcile.ClusterStatus, drift time.Time) {
	s.send(outcome, 1, fleet, c.Name, string(c.Outcome), string(c.Code))
	s.send(health, 1, fleet, c.Name, string(known(c.Health)))
	s.sendTime(since, c.Since, fleet, c.Name)
	s.send(desired, float64(c.Nodes.Desired), fleet, c.Name)
	s.send(nodesLive, float64(c.Nodes.Live), fleet, c.Name)
	if len(c.Drift) > 0 {
		s.send(driftCount, float64(len(c.Drift)), fleet, c.Name)
		s.sendTime(driftTime, drift, fleet, c.Name)
	}
}

func known(h reconcile.Health) reconcile.Health {
	if h == "" {
		return reconcile.Unknown
	}
	return h
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
