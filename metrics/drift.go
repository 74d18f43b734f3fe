package metrics

import (
	"maps"
	"sync"
	"time"
)

// driftTimes remembers when drift was first seen, until it is gone.
type driftTimes struct {
	mu    sync.Mutex
	times map[string]map[string]time.Time // fleet, cluster
}

func newDriftTimes() *driftTimes { return &driftTimes{times: map[string]map[string]time.Time{}} }

func (d *driftTimes) seen(fleet, cluster string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times[fleet] == nil {
		d.times[fleet] = map[string]time.Time{}
	}
	if _, known := d.times[fleet][cluster]; !known {
		d.times[fleet][cluster] = at
	}
}

// keep drops the clusters of a fleet that have no drift any more, and gives the
// times of the others. A status that is older than what was seen drops a time too
// early; with the next one it begins anew, at now.
func (d *driftTimes) keep(fleet string, drifted map[string]bool, now time.Time) map[string]time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := map[string]time.Time{}
	for cluster, is := range drifted {
		if !is {
			continue
		}
		kept[cluster] = now
		if at, known := d.times[fleet][cluster]; known {
			kept[cluster] = at
		}
	}
	if delete(d.times, fleet); len(kept) > 0 {
		d.times[fleet] = kept
	}
	return maps.Clone(kept)
}

func (d *driftTimes) forget(fleet string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.times, fleet)
}
