package bench

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

var (
	// A window of one longest wait between two inventories holds at least one.
	idle    = flag.Duration("idle", 375*time.Second, "how long an idle agent is watched")
	commits = flag.Int("commits", 7, "one-cluster commits to time")
)

// BenchmarkFleet leads an agent with its defaults over fleets of each size: it
// is started over stacks it made in an earlier life, told of commits, left
// alone, and started again without its state folder.
func BenchmarkFleet(b *testing.B) {
	p := build(b)
	for _, size := range []struct{ fleets, clusters int }{{1, 1}, {1, 100}, {1, 1000}, {1, 10000}, {20, 500}} {
		b.Run(fmt.Sprintf("projects=%d/clusters=%d", size.fleets, size.clusters), func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			for range b.N {
				s := newSite(b, p, size.fleets, size.clusters)
				fill(b, s)
				s.configure(b, false)
				a := warmStart(b, s)
				commitsOf(b, a)
				inventoryOf(b, a)
				idleOf(b, a)
				pagesOf(b, a)
				memoryAtEnd(b, a)
				a.stop(b)
				coldStart(b, s)
			}
		})
	}
}

// fill has an agent make all stacks, and leave as soon as it has seen them whole.
func fill(b *testing.B, s *site) {
	b.Helper()
	s.configure(b, true)
	a := s.start(b)
	b.ReportMetric(a.wait(b, made).Sub(a.begun).Seconds(), "fill-s")
	a.stop(b)
}

// warmStart is a start with hints.
func warmStart(b *testing.B, s *site) *agent {
	b.Helper()
	a := s.start(b)
	b.ReportMetric(a.wait(b, settled).Sub(a.begun).Seconds(), "warm-start-s")
	b.ReportMetric(cpuOf(b, a.pid()).Seconds(), "warm-start-cpu-s")
	return a
}

// coldStart is a start without the state folder: no hints, no clone.
func coldStart(b *testing.B, s *site) {
	b.Helper()
	if err := os.RemoveAll(s.state); err != nil {
		b.Fatal(err)
	}
	a := s.start(b)
	b.ReportMetric(a.wait(b, settled).Sub(a.begun).Seconds(), "cold-start-s")
	b.ReportMetric(cpuOf(b, a.pid()).Seconds(), "cold-start-cpu-s")
	a.stop(b)
}

// commitsOf times commits that change one cluster: from the end of the push to
// the update's arrival at Heat, the agent told of it by a resync, and once as
// its own poll finds it.
func commitsOf(b *testing.B, a *agent) {
	b.Helper()
	r := a.site.repos[0]
	var took []time.Duration
	for i := range *commits {
		took = append(took, commit(b, a, r, i*7919%r.clusters, true))
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "commit-to-request-ms")
	b.ReportMetric(milliseconds(took[len(took)-1]), "commit-to-request-max-ms")
	b.ReportMetric(commit(b, a, r, 0, false).Seconds(), "polled-commit-to-request-s")
}

// commit pushes a change of one cluster and waits for its update, and then for
// the update's end.
func commit(b *testing.B, a *agent, r *repository, i int, tell bool) time.Duration {
	b.Helper()
	waitQuiet(b, a.site.cloud, time.Second)
	arrived := a.site.cloud.expectUpdate(r.stack(i))
	r.edit(b, i)
	r.push(b)
	pushed := time.Now()
	if tell {
		a.resync(b)
	}
	select {
	case at := <-arrived:
		return at.Sub(pushed)
	case <-time.After(2 * time.Minute):
		b.Fatalf("no update of %s after two minutes:\n%s", r.stack(i), a.logged)
		return 0
	}
}

// inventoryOf is what one look at everything costs.
func inventoryOf(b *testing.B, a *agent) {
	b.Helper()
	waitQuiet(b, a.site.cloud, 5*time.Second)
	before, cpu, begun := a.site.cloud.seen(), cpuOf(b, a.pid()), time.Now()
	a.resync(b)
	a.site.cloud.note(begun) // nothing may have come of it yet
	ended := waitQuiet(b, a.site.cloud, 3*time.Second)
	b.ReportMetric(float64(a.site.cloud.since(before)[listInventory]), "inventory-lists")
	b.ReportMetric(ended.Sub(begun).Seconds(), "inventory-s")
	b.ReportMetric(milliseconds(cpuOf(b, a.pid())-cpu), "inventory-cpu-ms")
}

// idleOf watches an agent that has nothing to do.
func idleOf(b *testing.B, a *agent) {
	b.Helper()
	driver := a.driver(b)
	before, cpu, driverCPU, begun := a.site.cloud.seen(), cpuOf(b, a.pid()), cpuOf(b, driver), time.Now()
	time.Sleep(*idle)
	minutes := time.Since(begun).Minutes()
	came := a.site.cloud.since(before)
	lists := came[listRecent] + came[listInventory] + came[listInProgress] + came[lookUp]
	b.ReportMetric(float64(lists)/minutes, "lists/min")
	b.ReportMetric(float64(came[listRecent])/minutes, "recent-lists/min")
	b.ReportMetric(float64(came[listInventory])/minutes, "inventory-lists/min")
	b.ReportMetric(float64(came[readDeep])/minutes, "deep-checks-requests/min")
	b.ReportMetric(milliseconds(cpuOf(b, a.pid())-cpu)/minutes, "cpu-ms/min")
	b.ReportMetric(milliseconds(cpuOf(b, driver)-driverCPU)/minutes, "driver-cpu-ms/min")
	if came[writeStack] > 0 {
		b.Errorf("an idle agent wrote %d times", came[writeStack])
	}
	b.ReportMetric(mebibytes(memoryOf(b, a.pid()).rss), "rss-MiB")
	b.ReportMetric(mebibytes(memoryOf(b, driver).rss), "driver-rss-MiB")
}

// pagesOf is what the pages that others read cost.
func pagesOf(b *testing.B, a *agent) {
	b.Helper()
	for _, p := range []struct{ path, name string }{{"/metrics", "scrape"}, {"/api/v1/clusters", "status"}} {
		cpu := cpuOf(b, a.pid())
		data, _ := a.fetch(b, p.path)
		b.ReportMetric(milliseconds(cpuOf(b, a.pid())-cpu), p.name+"-cpu-ms")
		b.ReportMetric(float64(len(data))/(1<<20), p.name+"-MiB")
	}
}

func memoryAtEnd(b *testing.B, a *agent) {
	b.Helper()
	b.ReportMetric(mebibytes(memoryOf(b, a.pid()).peak), "peak-rss-MiB")
	b.ReportMetric(mebibytes(memoryOf(b, a.driver(b)).peak), "driver-peak-rss-MiB")
}

// waitQuiet waits until no request but deep checks has come for so long, and
// gives the time of the last one.
func waitQuiet(b *testing.B, c *cloud, quiet time.Duration) time.Time {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); {
		c.mu.Lock()
		last := c.last
		c.mu.Unlock()
		left := quiet - time.Since(last)
		if left <= 0 {
			return last
		}
		time.Sleep(left)
	}
	b.Fatal("the agent never stops asking the cloud")
	return time.Time{}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func mebibytes(kib int) float64            { return float64(kib) / 1024 }
