package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// many is a settled fleet of n clusters, its engine alone.
func many(b *testing.B, n int) *world {
	b.Helper()
	t := &testing.T{}
	w := newWorld(t)
	for i := range n {
		w.clusters(fmt.Sprintf("c%05d", i))
	}
	w.start(func(s *Settings) { s.MaxCreates = n }, nil)
	w.run(time.Minute)
	if s := w.status("c00000"); s.Outcome != Settled {
		b.Fatalf("not settled: %+v", s)
	}
	return w
}

// BenchmarkIdleMoment is a wake-up with nothing to do.
func BenchmarkIdleMoment(b *testing.B) {
	for _, n := range []int{100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := many(b, n)
			at := w.now
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(time.Microsecond)
				w.e.Handle(Moment{At{at}})
			}
		})
	}
}

// BenchmarkOneRow is one changed row of a list.
func BenchmarkOneRow(b *testing.B) {
	for _, n := range []int{100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := many(b, n)
			row := w.one("c00000").row
			at := w.now
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(time.Microsecond)
				w.e.cloud.recent.Open, w.e.cloud.recent.Asked = true, at
				w.e.Handle(Listed{At: At{at}, Lane: LaneRecent, Rows: []live.Row{row}})
			}
		})
	}
}

// BenchmarkOneClusterCommit is a commit that touches one file.
func BenchmarkOneClusterCommit(b *testing.B) {
	for _, n := range []int{100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := many(b, n)
			at := w.now
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				at = at.Add(time.Microsecond)
				w.e.Handle(Revision{At: At{at}, ID: fmt.Sprint(i), Changed: []SourceFile{{Path: "c00000.yaml", Data: []byte(clusterDoc("c00000", fmt.Sprintf(", flavor: f%d", i)))}}})
			}
		})
	}
}

// BenchmarkAdoptersRead is the first revision of a fleet whose clusters all ask for a
// stack that is there: the time for each of them.
func BenchmarkAdoptersRead(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			files := []SourceFile{{Path: "fleet.yaml", Data: []byte(fleetDoc("") + "---\n" + templateDoc("base", ""))}}
			for i := range n {
				name := fmt.Sprintf("c%05d", i)
				files = append(files, SourceFile{Path: name + ".yaml", Data: []byte(clusterDoc(name, ", adopt: {stack: old-"+name+"}"))})
			}
			at := At{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			for b.Loop() {
				b.StopTimer()
				e := New()
				e.Handle(Started{At: at, Settings: DefaultSettings("prod")})
				b.StartTimer()
				e.Handle(Revision{At: at, ID: "1", Changed: files})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/cluster")
		})
	}
}

// BenchmarkResync is a person's request to look at everything, of a fleet that
// is settled.
func BenchmarkResync(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := many(b, n)
			at := w.now
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(time.Microsecond)
				w.e.Handle(Asked{At: At{at}, Ask: Resync})
			}
		})
	}
}

// BenchmarkStart brings a fleet from nothing to settled.
func BenchmarkStart(b *testing.B) {
	b.Run("10000", func(b *testing.B) {
		for b.Loop() {
			many(b, 10000)
		}
	})
}
