package simulation

import (
	"runtime/debug"
	"testing"
)

// One run after the other, on one thread: runs and virtual hours a second, and
// allocations a run. The collector runs as seldom as in cmd/simulate.
func BenchmarkRuns(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	b.ReportAllocs()
	var hours float64
	for seed := uint64(1); b.Loop(); seed++ {
		r := Run(Make(seed, Small))
		if r.Violation != nil {
			b.Fatal(r.Violation)
		}
		hours += r.Virtual.Hours()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
	b.ReportMetric(hours/b.Elapsed().Seconds(), "virtual-hours/s")
}
