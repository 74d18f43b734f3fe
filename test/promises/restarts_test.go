package promises

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
)

const (
	defaultRestarts = 72
	manyDrivers     = 8 // die and come back side by side
	killsARow       = 2 // a few more in a minute and a driver would rest for one
	warmRestarts    = manyDrivers * (killsARow + 1)
)

// TestP12DriverRestartsLeaveNothingBehind: drivers are killed and replaced, and
// the agent is afterwards as big as it was before.
func TestP12DriverRestartsLeaveNothingBehind(t *testing.T) {
	restarts := number(t, "HEATSYNC_TEST_DRIVER_RESTARTS", defaultRestarts)
	c := newCloud(t, heatsim.Options{Seed: 1})
	a := newAgent(t)
	a.write(t, "clouds.yaml", c.entry("sim", "openstack"))
	a.write(t, "heatsync.yaml", busyFleets([]string{"prod"}))
	a.write(t, "prod/fleet.yaml", dockerFleet)
	k := &restarting{agent: a, program: buildBareDriver(t), pids: map[string]int{}}
	k.replace(t)
	a.start(t)
	k.await(t)

	for k.done < warmRestarts {
		k.cycle(t)
	}
	w := &watcher{agent: a, cloud: c, recordings: 1}
	w.begin(t)
	first, every := k.done, max(restarts/10, 2*warmRestarts)
	for next := every; k.done-first < restarts; {
		k.cycle(t)
		if n := k.done - first; n >= next || n >= restarts {
			w.look(t, fmt.Sprintf("%d restarts", n))
			next = n + every
		}
	}
}

// restarting ends drivers again and again. Before they would rest, other files
// take their places, which is one more restart.
type restarting struct {
	agent   *agent
	program string
	pids    map[string]int // by driver
	files   int
	done    int
}

func (k *restarting) cycle(t *testing.T) {
	t.Helper()
	for range killsARow {
		k.pids = programs(k.agent.pid(), driver.FilePrefix) // a slow machine may have had one restarted as hung
		for name, pid := range k.pids {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) { // it has just ended as hung
				t.Fatalf("kill %s: %v", name, err)
			}
		}
		k.await(t)
	}
	k.replace(t)
	k.await(t)
	k.done += manyDrivers * (killsARow + 1)
}

// replace gives every driver other bytes, and the lock their checksums.
func (k *restarting) replace(t *testing.T) {
	t.Helper()
	k.files++
	for i := range manyDrivers {
		k.agent.place(t, fmt.Sprintf("bare%d", i), k.program, strings.Repeat("\x00", k.files))
	}
	k.agent.lockDrivers(t)
}

// await waits until every driver is up and is another process than before.
func (k *restarting) await(t *testing.T) {
	t.Helper()
	await(t, time.Minute, "drivers that are up and new", func() error {
		now := programs(k.agent.pid(), driver.FilePrefix)
		if len(now) != manyDrivers {
			return fmt.Errorf("%d drivers run: %v", len(now), now)
		}
		for name, pid := range now {
			if k.pids[name] == pid {
				return fmt.Errorf("%s is the process it was, %d", name, pid)
			}
		}
		vitals := k.agent.vitalsIfAny()
		for name := range now {
			series := fmt.Sprintf(`heatsync_driver_up{driver=%q,version="1.0.0"}`, strings.TrimPrefix(name, driver.FilePrefix))
			if vitals[series] != 1 {
				return fmt.Errorf("%s is not 1", series)
			}
		}
		k.pids = now
		return nil
	})
}
