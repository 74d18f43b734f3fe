package simulation

import "time"

// Dense has as much happen to a small fleet as can be told apart, and each thing
// take long enough for others to meet it: where mutants are hunted, what meets
// nothing else proves little.
var Dense = Size{Clusters: 6, Acts: 60, Busy: 40 * time.Minute, Tight: true}

// ofWrites is the number by which faults meet writes alone.
const ofWrites = 3

// tighten has steps wait for their turn, stacks and now and then writes take
// minutes, and tokens end early.
func (m *maker) tighten() {
	if !m.size.Tight {
		return
	}
	m.s.Concurrency = 1
	for i := range m.s.Fleets {
		m.s.Fleets[i].MaxDeletes = 1
	}
	d := &m.s.Cloud.Durations
	d.Create, d.Update, d.Delete = m.upTo(time.Minute), m.upTo(2*time.Minute), m.upTo(90*time.Second) // of one resource: a chain of them ends in a timeout of ten minutes
	if m.chance(0.5) {
		m.s.Cloud.TokenLife = 5 * time.Minute
	}
	if m.chance(0.4) {
		m.add(Act{At: m.upTo(10 * time.Minute), Kind: doFaults, N: ofWrites, Text: "slow", Chance: 0.4, For: 30 * time.Minute})
	}
}
