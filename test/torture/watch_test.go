package torture

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"
)

// watch looks at the agent's status all the time: which revision was in force
// when, and what was said of whom.
type watch struct {
	w *world

	mu    sync.Mutex
	force map[string]time.Time       // revision -> when it was first seen in force
	said  map[string]int             // "retrying auth" -> in how many looks at clusters
	of    map[string]map[string]bool // cluster -> what was ever said of it
	looks int
}

func newWatch(w *world) *watch {
	return &watch{w: w, force: map[string]time.Time{}, said: map[string]int{}, of: map[string]map[string]bool{}}
}

// about looks until ctx ends.
func (a *watch) about(ctx context.Context) {
	for rest(ctx, a.w.cloud.pace.poll) {
		a.look(ctx)
	}
}

func (a *watch) look(ctx context.Context) {
	f, err := a.w.agent.status(ctx)
	if err != nil {
		return // it may just have been killed
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.looks++
	if _, known := a.force[f.Revision]; !known {
		a.force[f.Revision] = time.Now()
	}
	for _, c := range f.Clusters {
		word := strings.TrimSpace(string(c.Outcome) + " " + string(c.Code))
		a.said[word]++
		if a.of[c.Name] == nil {
			a.of[c.Name] = map[string]bool{}
		}
		a.of[c.Name][word] = true
	}
}

// inForce tells when a revision was first seen in force.
func (a *watch) inForce(revision string) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, known := a.force[revision]
	return at, known
}

// saidOf gives all that was ever said of a cluster.
func (a *watch) saidOf(cluster string) map[string]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.of[cluster])
}

func (a *watch) words() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.said)
}
