package acceptance

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// killActs are what the kill story plays: all that writes.
var killActs = []act{
	{"make", (*story).makeFive},
	{"change", (*story).changeTwo},
	{"delete by hand", (*story).deletedByHand},
	{"change by hand", (*story).changedByHand},
	{"unreadable", (*story).unreadable},
	{"adopt", (*story).adopted},
	{"away", (*story).absent},
}

// TestP11KillNineAnywhere plays a story while agent and driver are killed at
// random moments. It must come to the same end, with no cluster made twice and
// nobody lending a hand.
func TestP11KillNineAnywhere(t *testing.T) {
	t.Parallel()
	c := simulated(t)
	// Kills are to come while a write is on its way, and while its answer is.
	slow := heatsim.Effect{Delay: 100 * time.Millisecond, DelayAfter: 100 * time.Millisecond}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		c.faults.Add(heatsim.Rule{Method: method, Path: "/stacks*", Effect: slow}, heatsim.Rule{Method: method, Path: "/stacks/*/*", Effect: slow})
	}
	killAnywhere(t, c)
}

// TestP11KillNineAnywhereOnOpenStack does the same on a real cloud.
func TestP11KillNineAnywhereOnOpenStack(t *testing.T) { killAnywhere(t, real(t)) }

func killAnywhere(t *testing.T, c *cloud) {
	seed := number(t, "HEATSYNC_TEST_SEED", uint64(time.Now().UnixNano()%1_000_000))
	t.Logf("HEATSYNC_TEST_SEED=%d repeats these moments", seed)
	m := &monkey{random: rand.New(rand.NewPCG(seed, 11)), left: c.pace.kills, every: c.pace.killEvery}
	began := time.Now()
	killStory(t, c, m)
	t.Logf("%d agents and %d drivers killed in %.0f s", m.agents, m.drivers, time.Since(began).Seconds())
}

// killStory plays the acts once, with the monkey about in each of them for its
// share of the kills that are left.
func killStory(t *testing.T, c *cloud, m *monkey) {
	t.Helper()
	s := begin(t, c)
	s.follow(t, c.pace.settleIn)
	s.agent.start(t)
	for i, a := range killActs {
		began, kills, rest := time.Now(), m.count(), len(killActs)-i
		away, leave := m.about(t, s.agent, (m.remaining()+rest-1)/rest)
		played := t.Run(a.name, func(t *testing.T) { a.play(s, t) })
		if rest > 1 || !played {
			leave()
		}
		<-away // in the last act it has all its kills before it goes
		if !played {
			t.Fatal("the story ends here")
		}
		t.Logf("%s: %.1f s, %d kills", a.name, time.Since(began).Seconds(), m.count()-kills)
	}
	left := slices.DeleteFunc(slices.Clone(five), func(name string) bool { return name == "ci" })
	s.is(t, "settled", left...)
	s.nothingToDo(t)
	s.madeOnce(t)
	s.agent.stop(t)
	s.deleteAll(t)
}

// madeOnce counts all stacks there ever were: one for each cluster, and another
// for the one that was deleted by hand.
func (s *story) madeOnce(t *testing.T) {
	t.Helper()
	all, err := s.cloud.heat.List(t.Context(), heat.Query{ShowDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]int{}
	for _, r := range all {
		if name, ours := strings.CutPrefix(r.Name, s.fleet+"--"); ours {
			made[name]++
		}
	}
	for _, name := range five {
		want := 1
		if name == "docs" {
			want++
		}
		if made[name] != want {
			t.Errorf("cluster %s had %d stacks in all, want %d", name, made[name], want)
		}
	}
}

// monkey kills agents and drivers, a known number of them in all.
type monkey struct {
	random *rand.Rand
	every  time.Duration // on average

	mu              sync.Mutex
	left            int
	agents, drivers int
	row             int // drivers killed since the last agent
}

// about lets the monkey at an agent for at most so many kills, or until leave is
// called; away is closed when it has gone.
func (m *monkey) about(t *testing.T, a *agent, kills int) (away <-chan struct{}, leave func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done, most := make(chan struct{}), m.count()+kills
	go func() {
		defer close(done)
		defer cancel()
		for m.count() < most && !t.Failed() {
			moment := time.Duration(m.random.Int64N(int64(2 * m.every)))
			select {
			case <-time.After(moment):
				m.strike(t, a)
			case <-ctx.Done():
				return
			}
		}
	}()
	return done, cancel
}

// strike kills once. A driver is killed at most three times in a row: the host
// rests a driver that crashes five times a minute, for a minute.
func (m *monkey) strike(t *testing.T, a *agent) {
	driver := m.random.IntN(5) < 2 && m.row < 3
	if driver && a.killDrivers() == 0 {
		return // it was not up at that moment
	}
	if !driver {
		a.kill(t)
		if err := a.launch(); err != nil {
			t.Error(err)
			return
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left--
	if driver {
		m.drivers++
		m.row++
		return
	}
	m.agents++
	m.row = 0
}

func (m *monkey) remaining() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.left
}

func (m *monkey) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.agents + m.drivers
}
