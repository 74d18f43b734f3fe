package simulation

import "testing"

// One run after the other, on one thread: runs and virtual hours a second.
func BenchmarkRuns(b *testing.B) {
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
