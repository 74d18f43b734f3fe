package torture

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTorture lets faults, people and kills at a fleet for a while. When all is
// quiet again, every cluster must settle, and every check hold.
func TestTorture(t *testing.T) {
	everywhere(t, options{}, func(t *testing.T, c *cloud) {
		seed := seedOfRun(t)
		random := func(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }
		long, asked := durationAsked(t, c.pace.torture)
		if asked && c.services != nil {
			c.pace.lengthen()
		}
		w := newWorld(t, c)
		r := &trialRun{world: w, strangers: w.invite(t), watch: newWatch(w), hands: newHands(w, random(1))}
		w.people = newPeople(w, random(2), clustersAsked(t))
		m := &monkey{random: random(3)}
		b := &breaker{w: w, random: random(4), calm: !asked, halts: map[string]int{}}
		if err := w.people.push("all of them"); err != nil {
			t.Fatal(err)
		}
		if err := w.agent.launch(); err != nil {
			t.Fatal(err)
		}
		watching, ended := context.WithCancel(t.Context())
		var watcher sync.WaitGroup
		watcher.Go(func() { r.watch.about(watching) })
		defer watcher.Wait()
		defer ended()

		c.pace.weather.Seed = seed
		c.proxy.Storm(c.pace.weather)
		r.storm(t, long, m, b)
		r.peace(t, !b.calm && c.services != nil)
		for _, k := range checks {
			t.Run(k.name, func(t *testing.T) { k.check(r, t) })
		}
		r.sum(t, m, b)
	})
}

// lengthen is for runs of many minutes: services die in the middle of work, and
// stacks that hang with them are only taken up again when their timeout is over.
func (p *pace) lengthen() {
	p.patience = 45 * time.Minute
	p.kill, p.halt = 40*time.Second, 2*time.Minute
	p.weather.Reads, p.weather.Writes = 0.02, 0.1
}

// storm lets everybody do their worst for a while.
func (r *trialRun) storm(t *testing.T, long time.Duration, m *monkey, b *breaker) {
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	p := r.cloud.pace
	var all sync.WaitGroup
	defer all.Wait()
	for what, do := range map[string]func() error{
		"people": func() error { return r.people.about(ctx, p.commit) },
		"hands":  func() error { r.hands.about(ctx, p.meddle); return nil },
		// Nothing is made before the first agent has waited for what an agent
		// before it may have sent.
		"monkey": func() error {
			rest(ctx, p.rpcTimeout+p.margin+p.kill)
			return m.about(ctx, r.agent, p.kill)
		},
		"breaker": func() error {
			rest(ctx, p.rpcTimeout+p.margin)
			return b.about(ctx, p.halt)
		},
	} {
		all.Go(func() {
			if err := do(); err != nil {
				t.Errorf("%s: %v", what, err)
				cancel()
			}
		})
	}
}

// peace ends all faults and waits until all is settled.
func (r *trialRun) peace(t *testing.T, hung bool) {
	t.Helper()
	r.cloud.proxy.Quiet()
	r.cloud.proxy.Settle()
	if hung { // services have died in the middle of work
		if err := r.cloud.services.freeEngine(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.people.finish(); err != nil {
		t.Fatal(err)
	}
	warned, err := r.await(t.Context(), r.cloud.pace.patience, func(ctx context.Context) error {
		r.watch.look(ctx)
		return r.guestsWarned()
	})
	if err != nil {
		t.Error(err)
	}
	if err := r.people.giveUp(); err != nil {
		t.Fatal(err)
	}
	took, err := r.await(t.Context(), r.cloud.pace.patience, func(ctx context.Context) error {
		r.watch.look(ctx)
		r.hands.follow(ctx)
		return r.settled(ctx)
	})
	r.written = len(r.cloud.proxy.Writes())
	if err != nil {
		t.Errorf("all is settled: %v", err) // the checks may tell why
		return
	}
	t.Logf("settled %.1f s after the last fault", (warned + took).Seconds())
}

// sum logs what there was of everything.
func (r *trialRun) sum(t *testing.T, m *monkey, b *breaker) {
	faults, requests, all := 0, 0, r.cloud.proxy.Counts()
	for _, n := range all {
		faults += n
	}
	for _, n := range r.cloud.proxy.Requests() {
		requests += n
	}
	rows, err := r.stacks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	living := 0
	for _, row := range rows {
		if alive(row) {
			living++
		}
	}
	t.Logf("%d clusters, %d commits, %d stacks made, %d alive", len(r.people.names), len(r.people.history()), len(rows), living)
	t.Logf("%d requests, %d writes, %d faults: %s", requests, len(r.cloud.proxy.Writes()), faults, listed(all))
	t.Logf("kills: %d of the agent, %d of the driver; %s", m.agents, m.drivers, listed(b.halts))
	t.Logf("by hand: %s", listed(r.hands.done()))
	t.Logf("commits' habits: %s", listed(r.people.habits))
	t.Logf("said of clusters: %s", listed(r.watch.words()))
}

// listed tells counts in a fixed order.
func listed[K ~string](counts map[K]int) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%s %d", k, counts[k]))
	}
	return strings.Join(out, ", ")
}
