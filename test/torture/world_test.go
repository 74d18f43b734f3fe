package torture

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// world is one fleet on one cloud, with all that live in it.
type world struct {
	cloud  *cloud
	fleet  string
	repo   *repository
	agent  *agent
	people *people
	guests []string // clusters whose stacks' names strangers have

	truce sync.RWMutex // held for reading by people and hands while they act
}

// fleetPrefix: names of fleets begin so, and no other stacks of the project do.
const fleetPrefix = "tor-"

const agentConfig = `listen: %s
stateDir: state
drivers: {dir: drivers, lock: drivers/drivers.lock}
fleets:
- name: %s
  source: {git: {url: %q, branch: main, interval: %s}}
  cloud: {name: %s, file: clouds.yaml, rpcTimeout: %s, margin: %s}
  poll: {inProgress: %s, recent: %s, inventory: %s, deepCheck: {rate: %s}}
  maxCreates: 1000
`

// newWorld makes a fleet's world with an agent that is not launched yet. Its
// stacks go with the test.
func newWorld(t *testing.T, c *cloud) *world {
	t.Helper()
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // it never fails
	w := &world{cloud: c, fleet: fleetPrefix + hex.EncodeToString(raw[:]), repo: newRepository(t)}
	c.sweep(t)
	t.Cleanup(func() { w.deleteAll(t) })
	w.agent = w.newAgent(t)
	return w
}

func (w *world) newAgent(t *testing.T) *agent {
	t.Helper()
	p := w.cloud.pace
	return newAgent(t, func(address string) string {
		return fmt.Sprintf(agentConfig, address, w.fleet, w.repo.URL+"/fleet.git", p.source, w.cloud.name, p.rpcTimeout, p.margin,
			p.inProgress, p.recent, p.inventory, p.deep)
	}, w.cloud.clouds)
}

func (w *world) stackName(cluster string) string { return w.fleet + "--" + cluster }

// clusterOf gives the cluster that a stack is by its name, "" for none of ours.
func (w *world) clusterOf(stack string) string {
	name, _ := strings.CutPrefix(stack, w.fleet+"--")
	if name == stack {
		return ""
	}
	return name
}

// stacks are all stacks there ever were of the fleet's names or marks, those of
// strangers among them, oldest first.
func (w *world) stacks(ctx context.Context) ([]live.Row, error) {
	all, err := w.cloud.heat.List(ctx, heat.Query{ShowDeleted: true, Sort: heat.ByCreated})
	return slices.DeleteFunc(all, func(r live.Row) bool {
		return w.clusterOf(r.Name) == "" && r.Marks().Fleet != w.fleet
	}), err
}

// alive tells whether a stack is there.
func alive(r live.Row) bool {
	return r.Deleted.IsZero() && r.Status != live.Status{Action: live.Delete, State: live.Complete}
}

// lingering are the ids of stacks that are deleted and still listed: an engine
// died between the two.
func (w *world) lingering(ctx context.Context) (map[string]bool, error) {
	all, err := w.cloud.heat.List(ctx, heat.Query{Sort: heat.ByCreated})
	out := map[string]bool{}
	for _, r := range all {
		out[r.ID] = r.Deleted.IsZero() && !alive(r)
	}
	return out, err
}

// living are the fleet's stacks that are there, by cluster.
func (w *world) living(ctx context.Context) (map[string][]live.Row, error) {
	all, err := w.cloud.heat.List(ctx, heat.Query{Sort: heat.ByCreated})
	out := map[string][]live.Row{}
	for _, r := range all {
		name := w.clusterOf(r.Name)
		if m := r.Marks(); m.Fleet == w.fleet {
			name = m.Cluster
		}
		if name != "" && alive(r) {
			out[name] = append(out[name], r)
		}
	}
	return out, err
}

// surelyGone tells whether a cluster has no stack; when it cannot be known, it says no.
func (w *world) surelyGone(cluster string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	rows, err := w.cloud.heat.Find(ctx, w.stackName(cluster))
	return err == nil && !slices.ContainsFunc(rows, alive)
}

func ref(r live.Row) heat.Ref { return heat.Ref{Name: r.Name, ID: r.ID} }

// sweep deletes what runs that were cut off have left behind.
func (c *cloud) sweep(t *testing.T) {
	t.Helper()
	all, err := c.heat.List(t.Context(), heat.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if strings.HasPrefix(r.Name, fleetPrefix) && alive(r) && time.Since(r.Created) > 6*time.Hour {
			t.Logf("stack %s of %s is left over: it is deleted", r.Name, r.Created)
			_ = c.heat.Delete(t.Context(), ref(r))
		}
	}
}

// deleteAll leaves no stack of the fleet behind. A deletion that an engine died over
// hangs until it is asked for again.
func (w *world) deleteAll(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // the test's own has ended
	defer cancel()
	asked := map[string]time.Time{}
	for rest(ctx, w.cloud.pace.poll) {
		all, err := w.cloud.heat.List(ctx, heat.Query{})
		if err != nil {
			t.Logf("clean up: %v", err)
			continue
		}
		left := 0
		for _, r := range all {
			if !strings.HasPrefix(r.Name, w.fleet+"-") || !alive(r) {
				continue
			}
			left++
			if r.Status.Action == live.Delete && r.Status.Working() && time.Since(asked[r.ID]) < time.Minute {
				continue
			}
			asked[r.ID] = time.Now()
			if err := w.cloud.heat.Delete(ctx, ref(r)); err != nil && !errors.Is(err, heat.ErrNotFound) {
				t.Logf("clean up: %v", err)
			}
		}
		if left == 0 {
			return
		}
	}
	t.Errorf("stacks of fleet %s are left behind", w.fleet)
}

// wait looks again and again until look finds nothing wrong, and ends the test when
// patience is over.
func (w *world) wait(t *testing.T, patience time.Duration, what string, look func(ctx context.Context) error) time.Duration {
	t.Helper()
	took, err := w.await(t.Context(), patience, look)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return took
}

// await is wait that gives what was wrong last.
func (w *world) await(ctx context.Context, patience time.Duration, look func(ctx context.Context) error) (took time.Duration, err error) {
	begun := time.Now()
	for {
		if err = look(ctx); err == nil {
			return time.Since(begun), nil
		}
		if w.agent.died() {
			return 0, errors.New("the agent has ended by itself")
		}
		if time.Since(begun) > patience || !rest(ctx, w.cloud.pace.poll) {
			return 0, fmt.Errorf("not within %s: %w", patience, err)
		}
	}
}

// seedOfRun is HEATSYNC_TEST_SEED or the clock's.
func seedOfRun(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano() % 1_000_000)
	if text := os.Getenv("HEATSYNC_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("HEATSYNC_TEST_SEED: %v", err)
		}
	}
	t.Logf("HEATSYNC_TEST_SEED=%d repeats these choices", seed)
	return seed
}

// clustersAsked is HEATSYNC_TEST_TORTURE_CLUSTERS.
func clustersAsked(t *testing.T) int {
	t.Helper()
	text := os.Getenv("HEATSYNC_TEST_TORTURE_CLUSTERS")
	if text == "" {
		return 15
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 4 || n > 1000 {
		t.Fatalf("HEATSYNC_TEST_TORTURE_CLUSTERS=%q is no number from 4 to 1000", text)
	}
	return n
}

// durationAsked is HEATSYNC_TEST_TORTURE.
func durationAsked(t *testing.T, otherwise time.Duration) (d time.Duration, asked bool) {
	t.Helper()
	text := os.Getenv("HEATSYNC_TEST_TORTURE")
	if text == "" {
		return otherwise, false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		t.Fatalf("HEATSYNC_TEST_TORTURE=%q is no duration", text)
	}
	return d, true
}
