package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// hands are people who meddle with stacks around the agent. What they do may fail:
// the cloud may be down.
type hands struct {
	w      *world
	random *rand.Rand
	last   string // cluster whose stack they deleted last

	mu      sync.Mutex
	deleted map[string]bool // ids of stacks they have tried to delete
	acts    map[string]int

	followed map[string]bool // ids of stacks whose deletion they have finished
}

func newHands(w *world, random *rand.Rand) *hands {
	return &hands{w: w, random: random, deleted: map[string]bool{}, acts: map[string]int{}, followed: map[string]bool{}}
}

// about has them meddle until ctx ends.
func (h *hands) about(ctx context.Context, every time.Duration) {
	for rest(ctx, time.Duration(h.random.Int64N(int64(2*every)))) {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		h.meddle(limited)
		cancel()
	}
}

// meddle does one thing to one stack of a cluster that Git wants.
func (h *hands) meddle(ctx context.Context) {
	h.w.truce.RLock()
	defer h.w.truce.RUnlock()
	rows, err := h.w.living(ctx)
	if err != nil {
		return
	}
	head := h.w.people.last().Tree
	var fit []live.Row
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		if row := rows[name][0]; head.present(name) && row.Marks().Owns(h.w.fleet, name) && row.Status.Proven() {
			fit = append(fit, row)
		}
	}
	if len(fit) == 0 {
		return
	}
	row := fit[h.random.IntN(len(fit))]
	switch n := h.random.IntN(10); {
	case n < 5:
		h.patch(ctx, row)
	case n < 7:
		h.note("PUT without tags", h.w.cloud.putWithoutTags(ctx, ref(row)))
	case n < 8:
		h.note("check", h.w.cloud.heat.Act(ctx, ref(row), heat.Check))
	case h.last == "" || !head.present(h.last) || len(rows[h.last]) > 0: // one at a time: many at once are held
		h.delete(ctx, row)
	}
}

// patch changes a parameter. Heat's times are whole seconds: what is done in the
// second of the agent's own write looks like it, and is found only by the deep
// check's tours. It is done again then.
func (h *hands) patch(ctx context.Context, row live.Row) {
	for range 3 {
		err := h.w.cloud.heat.Patch(ctx, ref(row), heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"colour": "meddled"}}})
		h.note("PATCH", err)
		if err != nil || !h.w.writtenLately(row.ID, 2*time.Second) || !rest(ctx, 2*time.Second) {
			return
		}
	}
}

// writtenLately tells whether an agent wrote to a stack within the last so long.
func (w *world) writtenLately(id string, within time.Duration) bool {
	return slices.ContainsFunc(w.cloud.proxy.Writes(), func(x Write) bool { return x.ID == id && time.Since(x.At) < within })
}

func (h *hands) note(act string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		act += " (failed)"
	}
	h.acts[act]++
}

func (h *hands) delete(ctx context.Context, row live.Row) {
	h.mu.Lock()
	h.deleted[row.ID] = true
	h.mu.Unlock()
	h.last = row.Marks().Cluster
	h.note("DELETE", h.w.cloud.heat.Delete(ctx, ref(row)))
}

// follow does as the agent's remedies say, once all is quiet: a deletion that hangs
// though the cluster is wanted is to be finished by a person, and a stack that an
// engine died over is to be deleted again: Heat 19 answers 404 and lets go of it.
func (h *hands) follow(ctx context.Context) {
	f, err := h.w.agent.status(ctx)
	if err != nil {
		return
	}
	for _, c := range f.Clusters {
		hangs := strings.Contains(c.Message, "hangs in DELETE") || strings.Contains(c.Message, "does not let go of it")
		if (c.Outcome == reconcile.Stalled && hangs || h.tooSlow(c)) && !h.hasFollowed(c.Stack.ID) {
			h.mu.Lock()
			h.deleted[c.Stack.ID] = true
			h.mu.Unlock()
			h.note("DELETE finished", h.w.cloud.heat.Delete(ctx, heat.Ref{Name: c.Stack.Name, ID: c.Stack.ID}))
		}
	}
}

// tooSlow tells of a deletion that a run of minutes has no time for: the agent asks
// for it again when the stack's timeout is over.
func (h *hands) tooSlow(c reconcile.ClusterStatus) bool {
	patience := h.w.cloud.pace.patience
	return patience < 10*time.Minute && c.Outcome == reconcile.Waiting && c.Code == reconcile.WaitDelete && time.Since(c.Since) > patience/2
}

func (h *hands) hasFollowed(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.followed[id]
	h.followed[id] = true
	return before
}

// hasDeleted tells whether these hands may have deleted a stack.
func (h *hands) hasDeleted(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.deleted[id]
}

func (h *hands) done() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.acts)
}

const strangersTemplate = `heat_template_version: 2018-08-31
description: somebody's own
parameters:
  colour: {type: string}
resources:
  word: {type: OS::Heat::RandomString}
`

// strangers are stacks that are none of the fleet's business, as they were made.
type strangers []heat.Stack

// invite makes strangers' stacks: two with names that clusters of the fleet would
// have, and one that carries the marks of another fleet.
func (w *world) invite(t *testing.T) strangers {
	t.Helper()
	w.guests = []string{"guest-a", "guest-b"}
	other := w.fleet + "-x"
	var out strangers
	for _, s := range []struct {
		name string
		tags []string
	}{
		{w.stackName("guest-a"), []string{"by-hand"}},
		{w.stackName("guest-b"), []string{"by-hand", "heatsync-is-fine"}},
		{other + "--c000", live.Marks{Marked: true, Fleet: other, Cluster: "c000", Driver: "trial", Digest: "1-0123456789abcdef0123456789abcdef"}.Tags()},
	} {
		r := w.byHand(t, s.name, s.tags)
		shown, err := w.cloud.heat.Show(t.Context(), r, false)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, shown)
	}
	return out
}

// byHand makes a stack and waits until it is made.
func (w *world) byHand(t *testing.T, name string, list []string) heat.Ref {
	t.Helper()
	tags, err := heat.NewTags(list...)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := json.Marshal(strangersTemplate)
	id, err := w.cloud.heat.Create(t.Context(), name, tags, heat.Spec{Template: template, Parameters: map[string]any{"colour": "mine"}})
	if err != nil {
		t.Fatal(err)
	}
	r := heat.Ref{Name: name, ID: id}
	w.wait(t, time.Minute, "stack "+name, func(ctx context.Context) error {
		shown, err := w.cloud.heat.Show(ctx, r, false)
		if err == nil && !shown.Status.Proven() {
			err = fmt.Errorf("it is %s", shown.Status)
		}
		return err
	})
	return r
}
