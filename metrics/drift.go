package metrics

import (
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
// times of the others.
func (d *driftTimes) keep(fleet string, drifted map[string]bool) map[string]time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]time.Time{}
	for cluster, at := range d.times[fleet] {
		if drifted[cluster] {
			out[cluster] = at
		} else {
			delete(d.times[fleet], cluster)
		}
	}
	return out
}

func (d *driftTimes) forget(fleet string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.times, fleet)
}
