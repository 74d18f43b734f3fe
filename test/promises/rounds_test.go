package promises

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

const (
	defaultRounds = 150
	defaultKills  = 30
	batch         = 15 // clusters made, and as many deleted, by one commit
	warmBatches   = 2
	killsARow     = 3 // one more or two and the driver would rest for a minute
	warmKills     = killsARow
)

// What may differ between two looks at an agent that does nothing. A leak of one
// thing in each round, or each kill, is far above it.
var slack = footprint{Goroutines: 8, Descriptors: 6, DriverDescriptors: 6, Series: 12, Children: 0, StateBytes: 4 << 10}

// footprint is what an agent holds while it has no cluster.
type footprint struct {
	Goroutines, Descriptors, Series, Children int
	DriverDescriptors                         int
	StateBytes                                int64
}

// TestP12RoundsLeaveNothingBehind: clusters come and go, the driver dies and comes
// back, and the agent is afterwards as big as it was before.
func TestP12RoundsLeaveNothingBehind(t *testing.T) {
	c := newCloud(t, heatsim.Options{Seed: 1, MaxStacks: -1, MaxEvents: 1})
	a := newAgent(t)
	a.write(t, "clouds.yaml", c.entry("sim", "openstack"))
	a.write(t, "heatsync.yaml", folderFleet)
	a.write(t, "fleet/fleet.yaml", dockerFleet)
	a.install(t, "docker", dockerFile, "")
	a.start(t)

	t.Run("clusters", func(t *testing.T) {
		rounds := number(t, "HEATSYNC_TEST_ROUNDS", defaultRounds)
		r := &roundTrip{agent: a, cloud: c}
		r.play(t, warmBatches*batch)
		before, resident := a.rested(t, c), a.resident(t)
		begun := time.Now()
		r.play(t, rounds)
		took := time.Since(begun)
		after := a.mustBeFlat(t, c, before)
		a.mustNotMention(t, "c0")
		if made := c.sim.Count("POST /stacks"); made != r.made {
			t.Errorf("%d stacks were made for %d clusters", made, r.made)
		}
		t.Logf("%d rounds in %v: before %+v, after %+v; resident %d MiB, then %d MiB", rounds, took.Round(time.Second), before, after, resident>>20, a.resident(t)>>20)
	})
	t.Run("driver kills", func(t *testing.T) {
		kills := number(t, "HEATSYNC_TEST_DRIVER_KILLS", defaultKills)
		k := &killing{agent: a}
		k.play(t, warmKills)
		before, resident := a.rested(t, c), a.resident(t)
		k.play(t, kills)
		after := a.mustBeFlat(t, c, before)
		t.Logf("%d kills: before %+v, after %+v; resident %d MiB, then %d MiB", kills, before, after, resident>>20, a.resident(t)>>20)
	})
}

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number above 0", variable, text)
	}
	return n
}

// roundTrip makes and deletes clusters whose names never come back.
type roundTrip struct {
	agent *agent
	cloud *cloud
	made  int
}

// play takes n clusters through their lives, in batches: each commit makes one
// and deletes the one before.
func (r *roundTrip) play(t *testing.T, n int) {
	t.Helper()
	var last []string
	for n > 0 || last != nil {
		var next []string
		for range min(batch, n) {
			r.made++
			next = append(next, fmt.Sprintf("c%06d", r.made))
		}
		n -= len(next)
		r.agent.write(t, "fleet/clusters.yaml", documents(present, next)+documents(absent, last))
		await(t, 2*time.Minute, fmt.Sprintf("the commit that makes %v and deletes %v", next, last), func() error { return r.done(next, last) })
		last = next
	}
	r.agent.write(t, "fleet/clusters.yaml", "")
	await(t, time.Minute, "the agent has no cluster", func() error {
		all, err := r.agent.clusters("prod")
		if err == nil && len(all) > 0 {
			err = fmt.Errorf("it has %v", slices.Collect(maps.Keys(all)))
		}
		return err
	})
}

func (r *roundTrip) done(made, deleted []string) error {
	all, err := r.agent.clusters("prod")
	if err != nil {
		return err
	}
	for _, name := range made {
		if c := all[name]; c.Outcome != reconcile.Settled || c.Stack.ID == "" {
			return fmt.Errorf("%s: %s %s %s", name, c.Outcome, c.Code, c.Message)
		}
	}
	for _, name := range deleted {
		if r.cloud.sim.CountByName("demo", "prod--"+name) > 0 {
			return fmt.Errorf("%s: its stack is still there: %s %s", name, all[name].Outcome, all[name].Message)
		}
	}
	return nil
}

// killing ends the driver again and again. Before it would rest, another file
// takes its place.
type killing struct {
	agent *agent
	done  int
}

func (k *killing) play(t *testing.T, n int) {
	t.Helper()
	for range n {
		if k.done%killsARow == 0 {
			old := k.driver(t, 0)
			k.agent.install(t, "docker", dockerFile, strings.Repeat("\x00", 1+k.done/killsARow))
			k.driver(t, old)
		}
		k.done++
		old := k.driver(t, 0)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		k.driver(t, old)
	}
}

// driver waits until a driver is up that is not the old one, and gives its pid.
func (k *killing) driver(t *testing.T, old int) (pid int) {
	t.Helper()
	await(t, 30*time.Second, "a driver that is up", func() error {
		found := children(k.agent.pid())
		if len(found) != 1 || found[0] == old {
			return fmt.Errorf("the agent's processes are %v, the old driver was %d", found, old)
		}
		pid = found[0]
		if n := k.agent.vitalsIfAny()[`heatsync_driver_up{driver="docker",version="1.0.0"}`]; n != 1 {
			return errors.New("heatsync_driver_up is not 1")
		}
		return nil
	})
	return pid
}

// footprint measures. Histograms count once for each of their series, whatever
// their buckets.
func (a *agent) footprint() footprint {
	drivers := children(a.pid())
	f := footprint{Descriptors: descriptors(a.pid()), Children: len(drivers), StateBytes: diskBytes(a.file("state"))}
	for _, pid := range drivers {
		f.DriverDescriptors += descriptors(pid)
	}
	for name, value := range a.vitalsIfAny() {
		if name == "go_goroutines" {
			f.Goroutines = int(value)
		}
		if !strings.Contains(name, "_bucket{") {
			f.Series++
		}
	}
	return f
}

// over says where f is above another by more than the slack.
func (f footprint) over(base footprint) error {
	var errs []error
	for _, x := range []struct {
		what           string
		is, was, slack int64
	}{
		{"goroutines", int64(f.Goroutines), int64(base.Goroutines), int64(slack.Goroutines)},
		{"descriptors", int64(f.Descriptors), int64(base.Descriptors), int64(slack.Descriptors)},
		{"series", int64(f.Series), int64(base.Series), int64(slack.Series)},
		{"descriptors of drivers", int64(f.DriverDescriptors), int64(base.DriverDescriptors), int64(slack.DriverDescriptors)},
		{"child processes", int64(f.Children), int64(base.Children), int64(slack.Children)},
		{"bytes of state", f.StateBytes, base.StateBytes, slack.StateBytes},
	} {
		if x.is > x.was+x.slack || x.is == 0 {
			errs = append(errs, fmt.Errorf("%s: %d, before %d", x.what, x.is, x.was))
		}
	}
	return errors.Join(errs...)
}

// rested gives the footprint of an agent that has nothing to do. How many
// connections it keeps open for later is chance, so they are closed first.
func (a *agent) rested(t *testing.T, c *cloud) (f footprint) {
	t.Helper()
	c.server.CloseClientConnections()
	await(t, 30*time.Second, "the agent rests", func() error {
		was := f
		f = a.footprint()
		return f.over(was)
	})
	return f
}

// mustBeFlat wants the agent as big as it was; calls under way get a while to end.
func (a *agent) mustBeFlat(t *testing.T, c *cloud, before footprint) (after footprint) {
	t.Helper()
	c.server.CloseClientConnections()
	await(t, 30*time.Second, "the agent is as big as before", func() error {
		after = a.footprint()
		return after.over(before)
	})
	return after
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

func (a *agent) resident(t *testing.T) int {
	t.Helper()
	return int(a.vitals(t)["process_resident_memory_bytes"])
}
