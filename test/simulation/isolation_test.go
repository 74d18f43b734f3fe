package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/internal/heatsim"
)

// troublemakers are what is wrong all the time with one driver, one cluster or
// one fleet. c1 to c3 of fleet prod have nothing to do with it.
var troublemakers = map[string]func(*world){
	"a driver that hangs": func(w *world) {
		each(w, time.Second, func() {
			if g := w.processes[0].programs[dock]; g.up {
				g.hung = true
			}
		})
	},
	"a driver that dies": func(w *world) {
		each(w, 7*time.Second, func() { w.processes[0].crash(w.processes[0].programs[dock]) })
	},
	"a driver that lies": func(w *world) {
		each(w, time.Second, func() { w.processes[0].programs[dock].lie = lieWord })
	},
	"a cluster whose resources hang": func(w *world) {
		w.clouds[0].sim.Break(heatsim.ResourceFault{Stack: "prod--bad*", Hangs: true})
	},
	"a cluster whose resources fail": func(w *world) {
		w.clouds[0].sim.Break(heatsim.ResourceFault{Stack: "prod--bad*", Reason: "Quota exceeded"})
	},
	"another fleet's Git host": func(w *world) { w.fleets[1].repo.trouble = gitsource.Timeout },
	"another fleet's cloud": func(w *world) {
		w.windows = append(w.windows, &window{
			fleet: w.fleets[1], until: beginning.Add(24 * time.Hour), kind: "slow", chance: 1, rand: rand.New(rand.NewPCG(1, 1)),
		})
	},
}

func each(w *world, d time.Duration, do func()) {
	var again func()
	again = func() { do(); w.after(d, again) }
	w.after(d, again)
}

// P6: one bad cluster, driver or fleet does not delay the others.
func TestP6OneBadDoesNotDelayTheOthers(t *testing.T) {
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range troublemakers {
			if !yield(name) {
				return
			}
		}
	}) {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed <= fewer(8); seed++ {
				if wrong := besides(seed, troublemakers[name]); wrong != "" {
					t.Errorf("seed %d: %s", seed, wrong)
				}
			}
		})
	}
}

// The check above sees a delay: were the trouble its own, it would tell.
func TestP6SeesADelay(t *testing.T) {
	wrong := besides(1, func(w *world) {
		w.windows = append(w.windows, &window{
			fleet: w.fleets[0], until: beginning.Add(24 * time.Hour), kind: "503", chance: 1, rand: rand.New(rand.NewPCG(1, 1)),
		})
	})
	if wrong == "" {
		t.Error("a cloud that answers 503 delays its own fleet, and nothing was seen")
	}
}

// besides plays commits while something is wrong elsewhere, and tells which good
// cluster is not where it belongs ten minutes after the last of them.
func besides(seed uint64, trouble func(*world)) string {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 6)), size: Small, s: Scenario{Seed: seed, OneCloud: true, Concurrency: 2, Clean: true}}
	m.cloud()
	m.s.Cloud.MaxStacks, m.s.Cloud.LegacyEngine = 0, false
	good := []string{"c1", "c2", "c3"}
	for i, name := range []string{"prod", "test"} {
		f := FleetShape{Name: name, Clusters: append(slices.Clone(good), "bad1", "bad2", "bad3"), MaxDeletes: 1, Rollout: 4, MaxCreates: 20, Poll: m.poll()}
		m.s.Fleets = append(m.s.Fleets, f)
		for _, c := range f.Clusters {
			driver := box
			if c[0] == 'b' {
				driver = dock
			}
			m.add(Act{At: time.Second, Kind: doCreate, Fleet: i, Cluster: c, N: m.IntN(9), Text: driver})
		}
		for range 6 {
			m.add(Act{At: 2*time.Minute + m.upTo(20*time.Minute), Kind: doEdit, Fleet: i, Cluster: f.Clusters[m.IntN(6)], N: m.IntN(200)*6 + m.IntN(4)})
		}
	}
	w := newWorld(m.s, nil)
	defer w.close()
	w.open()
	trouble(w)
	for _, a := range m.s.Acts {
		w.after(a.At, func() { w.act(a) })
	}
	w.until(beginning.Add(32 * time.Minute))
	if w.broken != nil {
		return w.broken.Error()
	}
	return w.good(good)
}

// good tells which of these clusters of the first fleet is not at rest.
func (w *world) good(names []string) string {
	a := w.processes[0].agents[0]
	status := a.status()
	head := a.fleet.repo.commits[a.fleet.repo.head]
	all := a.fleet.grouped()
	for _, name := range names {
		r, ok := a.fleet.repo.read(head).Cluster(name)
		s := subjectOf{agent: a, name: name, resolved: r, documented: ok, stacks: all[name]}
		for _, c := range status.Clusters {
			if c.Name == name {
				s.status = c
			}
		}
		if wrong := s.unrest(); wrong != "" {
			return fmt.Sprintf("%s is %s %s (%s): %s", name, s.status.Outcome, s.status.Code, s.status.Message, wrong)
		}
	}
	return ""
}
