package simulation

import "time"

// Dense has as much happen to a small fleet as can be told apart, and each thing
// take long enough for others to meet it: where mutants are hunted, what meets
// nothing else proves little.
var Dense = Size{Clusters: 6, Acts: 60, Busy: 40 * time.Minute, Tight: true}

// tighten has steps wait for their turn, stacks take minutes, and tokens end
// early.
func (m *maker) tighten() {
	if !m.size.Tight {
		return
	}
	m.s.Concurrency = 1
	d := &m.s.Cloud.Durations
	d.Create, d.Update, d.Delete = m.upTo(2*time.Minute), m.upTo(4*time.Minute), m.upTo(3*time.Minute)
	if m.chance(0.5) {
		m.s.Cloud.TokenLife = 5 * time.Minute
	}
}
