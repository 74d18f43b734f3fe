package simulation

import (
	"slices"
	"time"
)

// Shrink looks for the shortest scenario that still breaks a promise: acts,
// fleets and clusters are left out as long as the same promise is broken. It runs
// the scenario at most tries times.
func Shrink(s Scenario, promise string, tries int) (Scenario, Report) {
	k := &shrinker{promise: promise, tries: tries}
	best, report := s, Run(s)
	if report.Violation == nil {
		return s, report
	}
	k.report = report
	for again := true; again && k.tries > 0; {
		before := len(best.Acts)
		best = k.dropActs(best)
		best = k.shorten(best)
		again = len(best.Acts) < before
	}
	return k.dropClusters(best), k.report
}

type shrinker struct {
	promise string
	tries   int
	report  Report // of the best so far
}

// still tells whether a scenario breaks the promise as well.
func (k *shrinker) still(s Scenario) bool {
	if k.tries <= 0 {
		return false
	}
	k.tries--
	r := Run(s)
	if r.Violation == nil || r.Violation.Promise != k.promise {
		return false
	}
	k.report = r
	return true
}

// dropActs leaves out runs of acts, long ones first.
func (k *shrinker) dropActs(s Scenario) Scenario {
	for size := max(len(s.Acts)/2, 1); size >= 1; size /= 2 {
		for at := 0; at+size <= len(s.Acts); {
			less := s
			less.Acts = slices.Delete(slices.Clone(s.Acts), at, at+size)
			if k.still(less) {
				s = less
			} else {
				at += size
			}
		}
	}
	return s
}

// shorten ends the busy time right after the last act.
func (k *shrinker) shorten(s Scenario) Scenario {
	less := s
	less.Busy = time.Second
	for _, a := range s.Acts {
		less.Busy = max(less.Busy, a.At)
	}
	if less.Busy < s.Busy && k.still(less) {
		return less
	}
	return s
}

// dropClusters leaves out clusters and a second fleet that no act needs.
func (k *shrinker) dropClusters(s Scenario) Scenario {
	for i := range s.Fleets {
		for _, name := range s.Fleets[i].Clusters {
			less := s
			less.Fleets = slices.Clone(s.Fleets)
			less.Fleets[i].Clusters = slices.DeleteFunc(slices.Clone(s.Fleets[i].Clusters), func(n string) bool { return n == name })
			if len(less.Fleets[i].Clusters) > 0 && k.still(less) {
				s = less
			}
		}
	}
	if last := len(s.Fleets) - 1; last > 0 && !slices.ContainsFunc(s.Acts, func(a Act) bool { return a.Fleet == last }) {
		less := s
		less.Fleets = s.Fleets[:last]
		if k.still(less) {
			return less
		}
	}
	return s
}
