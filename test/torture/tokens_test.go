package torture

import (
	"context"
	"fmt"
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
		k := &shortTokens{world: newWorld(t, c), life: time.Minute, outlives: 65 * time.Second, watch: 50 * time.Second}
		if c.sim != nil {
			k.life, k.outlives, k.watch = 2*time.Second, 0, 5*time.Second
			c.sim.Break(heatsim.ResourceFault{
				Stack: k.stackName("late"), Type: "OS::Heat::TestResource", Action: "CREATE",
				Reason: "Unauthorized: resources.asks: ERROR: Authentication required (HTTP 401)",
			})
		} else if c.services == nil {
			t.Skip("this cloud's Keystone is not ours to start a twin of")
		}
		if err := k.agent.launch(); err != nil {
			t.Fatal(err)
		}
		k.ordinaryLife(t)
		k.outlived(t)
	})
}

// shortTokens is a fleet of some clusters, and one called late.
type shortTokens struct {
	*world
	life     time.Duration // of a token
	outlives time.Duration // the work on late takes
	watch    time.Duration // what comes after is watched for so long
}

const lateText = `apiVersion: heatsync/v1
kind: Cluster
metadata: {name: late}
spec: {template: small, timeout: 5m, labels: {seconds: "%d", asks_keystone: "%v"}}
`

// ordinaryLife changes all clusters but late, for longer than a token lives.
func (k *shortTokens) ordinaryLife(t *testing.T) {
	t.Helper()
	first := time.Now()
	for _, colour := range colours[:3] {
		begun := time.Now()
		s := tree{Clusters: map[string]document{}, Finish: "matt"}
		for i := range 5 {
			s.Clusters[fmt.Sprintf("c%03d", i)] = document{Lifecycle: "Present", Colour: colour, Folder: "clusters"}
		}
		f := s.files(k.fleet, k.cloud.pace.seconds)
		f["clusters/late.yaml"] = fmt.Sprintf(lateText, int(k.outlives.Seconds()), k.cloud.sim == nil)
		revision, err := k.repo.push(colour, f)
		if err != nil {
			t.Fatal(err)
		}
		k.wait(t, k.cloud.pace.patience, "all but late are settled", func(ctx context.Context) error { return k.settled(ctx, revision) })
		rest(t.Context(), k.life/2-time.Since(begun))
	}
	tokens := k.cloud.proxy.Requests()["POST /auth/tokens"]
	t.Logf("%d tokens of %s for %d writes and %d requests in all", tokens, k.life, len(k.cloud.proxy.Writes()), total(k.cloud.proxy.Requests()))
	lives := max(3, 1+int(time.Since(first)/k.life)) // more where settling takes long
	if limit := 4 * lives; tokens > limit {
		t.Errorf("%d tokens were asked for in the time of %d, want at most %d", tokens, lives, limit)
	}
}

func (k *shortTokens) settled(ctx context.Context, revision string) error {
	f, err := k.agent.status(ctx)
	if err != nil {
		return err
	}
	if f.Revision != revision || len(f.Clusters) != 6 {
		return fmt.Errorf("revision %.8s, %d clusters", f.Revision, len(f.Clusters))
	}
	for _, c := range f.Clusters {
		if c.Name != "late" && c.Outcome != reconcile.Settled {
			return fmt.Errorf("%s is %s %s: %s", c.Name, c.Outcome, c.Code, c.Message)
		}
	}
	return nil
}

// outlived waits until late is reported, and watches what the agent does then.
func (k *shortTokens) outlived(t *testing.T) {
	t.Helper()
	var last reconcile.ClusterStatus
	k.wait(t, k.outlives+k.cloud.pace.patience, "the cluster that outlives its token is reported", func(ctx context.Context) error {
		f, err := k.agent.status(ctx)
		for _, c := range f.Clusters {
			if c.Name == "late" {
				last = c
			}
		}
		if err == nil && last.Code != reconcile.FaultAuth {
			err = fmt.Errorf("it is %s %s, stack %s: %s", last.Outcome, last.Code, last.Stack.Status, last.Message)
		}
		return err
	})
	t.Logf("%s %s, who: %s: %s (%s)", last.Outcome, last.Code, last.Who, last.Message, last.Remedy)
	if last.Who != reconcile.Operator || last.Remedy == "" {
		t.Errorf("nobody is told to act: %+v", last)
	}
	before := k.cloud.proxy.Requests()
	rest(t.Context(), k.watch)
	writes := 0
	for _, x := range k.cloud.proxy.Writes() {
		if x.Name == k.stackName("late") {
			writes++
		}
	}
	now := k.cloud.proxy.Requests()
	t.Logf("in %s from then on: %d requests, %d tokens; %d writes to the stack since it was made", k.watch,
		total(now)-total(before), now["POST /auth/tokens"]-before["POST /auth/tokens"], writes)
	// One create, and tries after 15, 30 and 60 s.
	if writes > 4 {
		t.Errorf("%d writes were sent to a stack that fails each time", writes)
	}
}

func total(counts map[string]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}
