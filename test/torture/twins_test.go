package torture

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// TestTwoAgentsByMistake starts two agents, each on a state folder of its own, over
// one project and one repository, and lets their creates of each stack arrive at
// the same moment. Doubles may come of it; each must be reported by both agents
// with both ids, and neither stack written or deleted from then on. All other
// clusters settle, in both agents' words.
func TestTwoAgentsByMistake(t *testing.T) {
	everywhere(t, options{simultaneous: true}, func(t *testing.T, c *cloud) {
		meet := &meeting{patience: 5 * time.Second, waiting: map[string]chan struct{}{}}
		c.proxy.Hold = meet.hold
		w := newWorld(t, c)
		p := &twins{world: w, agents: []*agent{w.agent, w.newAgent(t)}, said: make([]map[string]reconcile.ClusterStatus, 2)}
		for i := range clustersAsked(t) {
			p.names = append(p.names, fmt.Sprintf("c%03d", i))
		}
		p.push(t, "red", "red")
		for _, a := range p.agents {
			if err := a.launch(); err != nil {
				t.Fatal(err)
			}
		}
		took := w.wait(t, c.pace.patience, "every cluster is settled or its double reported", p.agree)
		byChance := p.doubles
		p.doubleByHand(t)
		w.wait(t, c.pace.patience, "the double made by hand is reported", p.agree)
		found := time.Now()
		t.Logf("%d clusters in %.1f s; %d creates met; doubles: %v by chance, %v in all", len(p.names), took.Seconds(), meet.met, byChance, p.doubles)

		// A change for all, and one of the doubled asked away: nothing comes of
		// either for those that are doubled.
		doubled := slices.Clone(p.doubles)
		p.push(t, "green", "blue")
		w.wait(t, c.pace.patience, "every other cluster is changed", p.agree)
		if !slices.Equal(p.doubles, doubled) {
			t.Errorf("the doubled were %v and are %v", doubled, p.doubles)
		}
		for _, x := range c.proxy.Writes() {
			if name := p.clusterOf(x.Name); x.At.After(found) && (slices.Contains(doubled, name) || x.Name == p.copy) {
				t.Errorf("%s was sent to %s %s after its double was found", x.Method, x.Name, x.ID)
			}
		}
	})
}

// meeting lets two creates of one name go on together.
type meeting struct {
	patience time.Duration

	mu      sync.Mutex
	met     int
	waiting map[string]chan struct{}
}

func (m *meeting) hold(r *http.Request, body []byte) {
	w, ok := readWrite(r, body)
	if !ok || r.Method != http.MethodPost {
		return
	}
	m.mu.Lock()
	other, there := m.waiting[w.Name]
	if there {
		m.met++
		delete(m.waiting, w.Name)
		close(other)
		m.mu.Unlock()
		return
	}
	mine := make(chan struct{})
	m.waiting[w.Name] = mine
	m.mu.Unlock()
	select {
	case <-mine:
	case <-time.After(m.patience):
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.waiting[w.Name] == mine {
			delete(m.waiting, w.Name)
		}
	}
}

// twins are two agents over one fleet.
type twins struct {
	*world
	agents   []*agent
	names    []string
	revision string
	colour   string
	copy     string // name of the stack made by hand
	doubles  []string
	said     []map[string]reconcile.ClusterStatus
}

// push gives all clusters one colour, but the first that is doubled another.
func (p *twins) push(t *testing.T, colour, ofDoubled string) {
	t.Helper()
	s := tree{Clusters: map[string]document{}, Finish: "matt"}
	for _, name := range p.names {
		s.Clusters[name] = document{Lifecycle: "Present", Colour: colour, Folder: "clusters"}
	}
	if len(p.doubles) > 0 {
		s.Clusters[p.doubles[0]] = document{Lifecycle: "Absent", Folder: "clusters"}
	}
	for _, name := range p.doubles[min(1, len(p.doubles)):] {
		s.Clusters[name] = document{Lifecycle: "Present", Colour: ofDoubled, Folder: "clusters"}
	}
	revision, err := p.repo.push(colour, s.files(p.fleet, p.cloud.pace.seconds))
	if err != nil {
		t.Fatal(err)
	}
	p.revision, p.colour = revision, colour
}

// agree wants both agents to say of each cluster what Heat has: settled where it
// has one stack, in conflict, with both ids, where it has two.
func (p *twins) agree(ctx context.Context) error {
	for i, a := range p.agents {
		f, err := a.status(ctx)
		if err != nil {
			return err
		}
		if f.Revision != p.revision {
			return fmt.Errorf("agent %d is at %.8s", i, f.Revision)
		}
		p.said[i] = map[string]reconcile.ClusterStatus{}
		for _, c := range f.Clusters {
			p.said[i][c.Name] = c
		}
	}
	rows, err := p.living(ctx)
	if err != nil {
		return err
	}
	var doubles []string
	for _, name := range p.names {
		if len(rows[name]) > 1 {
			doubles = append(doubles, name)
		}
		for i := range p.agents {
			if err := p.right(ctx, p.said[i][name], name, rows[name]); err != nil {
				return fmt.Errorf("agent %d: %w", i, err)
			}
		}
	}
	p.doubles = doubles
	return nil
}

func (p *twins) right(ctx context.Context, c reconcile.ClusterStatus, name string, of []live.Row) error {
	switch {
	case len(of) == 1 && c.Outcome == reconcile.Settled:
		shown, err := p.cloud.heat.Show(ctx, ref(of[0]), false)
		if err == nil && shown.Parameters["colour"] != p.colour {
			err = fmt.Errorf("%s is settled and %s", name, shown.Parameters["colour"])
		}
		return err
	case len(of) == 2 && c.Outcome == reconcile.Stalled && c.Code == reconcile.FaultConflict &&
		strings.Contains(c.Message, of[0].ID) && strings.Contains(c.Message, of[1].ID):
		return nil
	}
	return fmt.Errorf("%s has stacks %v and is %s %s: %s", name, of, c.Outcome, c.Code, c.Message)
}

// doubleByHand gives the last cluster that has one stack a second one, with all
// its marks, so that there is a double in any case.
func (p *twins) doubleByHand(t *testing.T) {
	t.Helper()
	rows, err := p.living(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Backward(p.names) {
		if len(rows[name]) != 1 {
			continue
		}
		p.copy = p.fleet + "-copy"
		p.byHand(t, p.copy, rows[name][0].Tags)
		return
	}
	t.Log("every cluster is doubled by chance")
}
