package promises

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

const (
	defaultRounds = 400
	busy          = 5  // fleets
	share         = 40 // of each: clusters made, and as many deleted, by one commit
	batch         = busy * share
	warmBatches   = 2
	glance        = 250 * time.Millisecond // between two looks at fleets of that size
)

// TestP12RoundsLeaveNothingBehind: clusters come and go, and the agent is
// afterwards as big as it was before.
func TestP12RoundsLeaveNothingBehind(t *testing.T) {
	rounds := number(t, "HEATSYNC_TEST_ROUNDS", defaultRounds)
	c := newCloud(t, heatsim.Options{Seed: 1, MaxStacks: -1, MaxEvents: 1})
	a := newAgent(t)
	a.write(t, "clouds.yaml", c.entry("sim", "openstack"))
	r := &roundTrip{agent: a, cloud: c}
	for i := range busy {
		r.fleets = append(r.fleets, fmt.Sprintf("fleet%d", i))
		a.write(t, r.fleets[i]+"/fleet.yaml", strings.Replace(dockerFleet, "prod", r.fleets[i], 1))
	}
	a.write(t, "heatsync.yaml", busyFleets(r.fleets))
	a.install(t, "docker", dockerFile, "")
	a.start(t)

	r.play(t, warmBatches*batch)
	w := &watcher{agent: a, cloud: c, recordings: busy}
	w.begin(t)
	for left := rounds; left > 0; {
		n := min(left, max(batch, (rounds/10+batch-1)/batch*batch))
		r.play(t, n)
		left -= n
		w.look(t, fmt.Sprintf("%d rounds", rounds-left))
	}
	a.mustNotMention(t, "c0")
	if made := c.sim.Count("POST /stacks"); made != r.made {
		t.Errorf("%d stacks were made for %d clusters", made, r.made)
	}
}

// roundTrip makes and deletes clusters whose names never come back.
type roundTrip struct {
	agent  *agent
	cloud  *cloud
	fleets []string
	made   int
}

// play takes n clusters through their lives, in batches: each commit makes one
// and deletes the one before.
func (r *roundTrip) play(t *testing.T, n int) {
	t.Helper()
	last := make([][]string, len(r.fleets)) // by fleet
	for busy := true; busy; {
		next := make([][]string, len(r.fleets))
		busy = false
		for i, fleet := range r.fleets {
			for range min(share, n) {
				r.made++
				n--
				next[i] = append(next[i], fmt.Sprintf("c%06d", r.made))
			}
			r.agent.write(t, fleet+"/clusters.yaml", documents(present, next[i])+documents(absent, last[i]))
			busy = busy || len(next[i]) > 0
		}
		awaitEvery(t, glance, 2*time.Minute, "commits that make and delete clusters", func() error { return r.done(next, last) })
		last = next
	}
	for _, fleet := range r.fleets {
		r.agent.write(t, fleet+"/clusters.yaml", "")
	}
	awaitEvery(t, glance, time.Minute, "the agent has no cluster", func() error {
		all, err := r.agent.fleets()
		for _, f := range all {
			if len(f.Clusters) > 0 {
				err = fmt.Errorf("fleet %s has %d, the first is %+v", f.Name, len(f.Clusters), f.Clusters[0])
			}
		}
		return err
	})
}

func (r *roundTrip) done(made, deleted [][]string) error {
	for i, fleet := range r.fleets { // the simulator's own book: to ask it costs the agent nothing
		for _, name := range deleted[i] {
			if r.cloud.sim.CountByName("demo", fleet+"--"+name) > 0 {
				return fmt.Errorf("%s: its stack is still there", name)
			}
		}
	}
	all, err := r.agent.fleets()
	if err != nil {
		return err
	}
	settled := map[string]bool{}
	for _, f := range all {
		for _, c := range f.Clusters {
			settled[f.Name+" "+c.Name] = c.Outcome == reconcile.Settled && c.Stack.ID != ""
		}
	}
	for i, fleet := range r.fleets {
		for _, name := range made[i] {
			if !settled[fleet+" "+name] {
				return fmt.Errorf("%s of %s is not settled", name, fleet)
			}
		}
	}
	return nil
}

// mustNotMention wants no series of a cluster that is gone.
func (a *agent) mustNotMention(t *testing.T, name string) {
	t.Helper()
	for s := range a.vitals(t) {
		if strings.Contains(s, `"`+name) {
			t.Errorf("a series of a cluster that is gone: %s", s)
		}
	}
}
