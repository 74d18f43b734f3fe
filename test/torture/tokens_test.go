package torture

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

// TestTokensOfAMinute has Keystone give tokens that live a minute. A fleet settles
// and is changed over several of them. Heat works with the token it was called
// with: a stack that takes longer fails, is reported as "auth" for the operator,
// and is tried again with growing pauses, not in a loop. (Over heatsim a token
// lives two seconds, and the stack is made to fail.)
func TestTokensOfAMinute(t *testing.T) {
	everywhere(t, options{tokens: time.Minute}, func(t *testing.T, c *cloud) {
		k := tokenTimes{life: time.Minute, outlives: 75 * time.Second, watch: 2 * time.Minute}
		if c.sim != nil {
			k = tokenTimes{life: 2 * time.Second, watch: 5 * time.Second}
		} else if c.services == nil {
			t.Skip("this cloud's Keystone is not ours to start a twin of")
		}
		w := newWorld(t, c)
		if c.sim != nil {
			c.sim.Break(heatsim.ResourceFault{Stack: w.stackName("late"), Type: "OS::Heat::TestResource", Action: "CREATE", Reason: "Unauthorized: resources.asks: ERROR: Authentication required (HTTP 401)"})
		}
		s := tree{Clusters: map[string]document{}, Finish: "matt"}
		for i := range 5 {
			s.Clusters[fmt.Sprintf("c%03d", i)] = document{Lifecycle: "Present", Colour: "red", Folder: "clusters"}
		}
		if err := w.agent.launch(); err != nil {
			t.Fatal(err)
		}
		// Several tokens' time of ordinary life.
		for n := range 3 {
			begun := time.Now()
			for name, d := range s.Clusters {
				d.Colour = colours[n]
				s.Clusters[name] = d
			}
			w.settle(t, s.files(w.fleet, c.pace.seconds), len(s.Clusters))
			rest(t.Context(), k.life*2/3-time.Since(begun))
		}
		tokens := c.proxy.Requests()["POST /auth/tokens"]
		t.Logf("%d tokens of %s for %d writes and %d requests in all", tokens, k.life, len(c.proxy.Writes()), total(c.proxy.Requests()))
		if limit := 12; tokens > limit {
			t.Errorf("%d tokens were asked for in the time of two or three, want at most %d", tokens, limit)
		}
		w.outlive(t, s, k)
	})
}

type tokenTimes struct {
	life     time.Duration // of a token
	outlives time.Duration // the stack's work
	watch    time.Duration // how long what comes after is watched
}

// settle pushes and waits until so many clusters have settled.
func (w *world) settle(t *testing.T, f files, clusters int) {
	t.Helper()
	revision, err := w.repo.push("a colour for all", f)
	if err != nil {
		t.Fatal(err)
	}
	w.wait(t, w.cloud.pace.patience, "all is settled", func(ctx context.Context) error {
		status, err := w.agent.status(ctx)
		if err != nil || status.Revision != revision || len(status.Clusters) != clusters {
			return fmt.Errorf("revision %.8s, %d clusters: %w", status.Revision, len(status.Clusters), err)
		}
		for _, c := range status.Clusters {
			if c.Outcome != reconcile.Settled {
				return fmt.Errorf("%s is %s %s: %s", c.Name, c.Outcome, c.Code, c.Message)
			}
		}
		return nil
	})
}

// outlive makes a cluster whose stack takes longer than a token lives.
func (w *world) outlive(t *testing.T, s tree, k tokenTimes) {
	t.Helper()
	f := s.files(w.fleet, w.cloud.pace.seconds)
	f["clusters/late.yaml"] = fmt.Sprintf(lateText, int(k.outlives.Seconds()), w.cloud.sim == nil)
	if _, err := w.repo.push("one that takes long", f); err != nil {
		t.Fatal(err)
	}
	var last reconcile.ClusterStatus
	said := func(ctx context.Context) error {
		status, err := w.agent.status(ctx)
		for _, c := range status.Clusters {
			if c.Name == "late" {
				last = c
			}
		}
		if err == nil && last.Code != reconcile.FaultAuth {
			err = fmt.Errorf("it is %s %s, stack %s: %s", last.Outcome, last.Code, last.Stack.Status, last.Message)
		}
		return err
	}
	w.wait(t, k.outlives+w.cloud.pace.patience, "the cluster that outlives its token is reported", said)
	t.Logf("%s %s, who: %s: %s (%s)", last.Outcome, last.Code, last.Who, last.Message, last.Remedy)
	if last.Who != reconcile.Operator || last.Remedy == "" {
		t.Errorf("nobody is told to act: %+v", last)
	}
	requests, tokens := total(w.cloud.proxy.Requests()), w.cloud.proxy.Requests()["POST /auth/tokens"]
	rest(t.Context(), k.watch)
	writes := 0
	for _, x := range w.cloud.proxy.Writes() {
		if strings.HasSuffix(x.Name, "--late") {
			writes++
		}
	}
	t.Logf("in %s from then on: %d requests, %d tokens; %d writes to the stack since it was made", k.watch,
		total(w.cloud.proxy.Requests())-requests, w.cloud.proxy.Requests()["POST /auth/tokens"]-tokens, writes)
	// One create, and tries after 15, 30 and 60 s, each of them as long as the work.
	if writes > 4 {
		t.Errorf("%d writes were sent to a stack that fails each time", writes)
	}
}

const lateText = `apiVersion: heatsync/v1
kind: Cluster
metadata: {name: late}
spec: {template: small, timeout: 5m, labels: {seconds: "%d", asks_keystone: "%v"}}
`

func total(counts map[string]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}
