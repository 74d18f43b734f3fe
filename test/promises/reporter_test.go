package promises

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

const (
	deadReaders    = 8        // of each kind: below what the agent has in hand at once
	goroutinesEach = 4        // of the agent, for one dead connection
	memoryForDead  = 96 << 20 // bytes, for all of them
	answerWithin   = 3 * time.Second
	calmCPU        = 0.05 // of a processor, over half a second
	goroutineSlack = 8
)

// TestP8DeadReporterBlocksNothing: whoever asks the agent for a report and then
// does not take it costs nobody anything: not the fleet, not the health check, and
// not the next scraper. What a crowd of them may take is tested in agent/httpapi.
func TestP8DeadReporterBlocksNothing(t *testing.T) {
	c := newCloud(t, heatsim.Options{Seed: 1})
	a := newAgent(t)
	a.write(t, "clouds.yaml", c.entry("sim", "openstack"))
	a.write(t, "heatsync.yaml", folderFleet)
	a.write(t, "fleet/fleet.yaml", dockerFleet)
	a.install(t, "docker", dockerFile, "")
	a.start(t)
	a.becomesStack(t, c, "first") // brings all that is made once
	usual := a.becomesStack(t, c, "usual")
	before := a.vitals(t)

	var dead []net.Conn
	for _, request := range []string{
		"GET /metrics HTTP/1.1\r\nHost: agent\r\n\r\n", "GET /api/v1/clusters HTTP/1.1\r\nHost: agent\r\n\r\n", "GET / HTTP/1.1\r\nHost: agent\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: ag",
	} {
		for range deadReaders {
			dead = append(dead, a.hangOn(t, request))
		}
	}
	a.mustCalm(t)
	beside := a.becomesStack(t, c, "beside")
	if limit := 3*usual + 3*time.Second; beside > limit {
		t.Errorf("beside dead reporters a commit takes %v to become a stack, alone it took %v: want at most %v", beside, usual, limit)
	}
	a.mustAnswer(t, "/healthz", "/readyz", "/metrics", "/api/v1/clusters", "/")
	during := a.vitals(t)
	a.bounded(t, before, during, len(dead))

	for _, conn := range dead {
		_ = conn.Close()
	}
	after := map[string]float64{}
	await(t, 30*time.Second, "their goroutines end", func() error {
		after = a.vitalsIfAny()
		if n := after["go_goroutines"]; n == 0 || n > before["go_goroutines"]+goroutineSlack {
			return fmt.Errorf("%v goroutines, before there were %v", n, before["go_goroutines"])
		}
		return nil
	})
	a.bounded(t, before, after, len(dead))
	t.Logf("a commit became a stack in %v alone, in %v beside %d dead reporters", usual, beside, len(dead))
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes", "process_open_fds"} {
		t.Logf("%s: %.0f before, %.0f beside them, %.0f after them", name, before[name], during[name], after[name])
	}
}

// mustCalm waits until the agent no longer works for the dead: until what it
// answers fills all buffers.
func (a *agent) mustCalm(t *testing.T) {
	t.Helper()
	const span = 500 * time.Millisecond
	last := processorTime(a.pid())
	await(t, 50*time.Second, "the agent works for no dead reporter", func() error {
		time.Sleep(span)
		was := last
		last = processorTime(a.pid())
		if busy := (last - was).Seconds() / span.Seconds(); busy > calmCPU {
			return fmt.Errorf("it takes %.2f of a processor", busy)
		}
		return nil
	})
}

// mustAnswer wants pages at once.
func (a *agent) mustAnswer(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		begun := time.Now()
		if _, err := a.get(path); err != nil || time.Since(begun) > answerWithin {
			t.Errorf("GET %s beside dead reporters: %v after %v, want an answer within %v", path, err, time.Since(begun), answerWithin)
		}
	}
}

// bounded holds the agent's numbers against what dead connections may cost.
func (a *agent) bounded(t *testing.T, before, now map[string]float64, dead int) {
	t.Helper()
	const goroutines, memory = "go_goroutines", "process_resident_memory_bytes"
	if n, limit := now[goroutines], before[goroutines]+float64(goroutinesEach*dead); n > limit {
		t.Errorf("%.0f goroutines with %d dead reporters, want at most %.0f", n, dead, limit)
	}
	if n := now[memory] - before[memory]; n > memoryForDead {
		t.Errorf("%d dead reporters take %.0f bytes, want at most %d", dead, n, memoryForDead)
	}
}

// becomesStack commits a cluster and gives the time until the cloud has its stack.
func (a *agent) becomesStack(t *testing.T, c *cloud, name string) time.Duration {
	t.Helper()
	begun := time.Now()
	a.write(t, "fleet/"+name+".yaml", present(name))
	await(t, time.Minute, "the stack of "+name, func() error {
		for _, s := range c.sim.Stacks("demo", false, false) {
			if s.Name == "prod--"+name && s.State() == "CREATE_COMPLETE" {
				return nil
			}
		}
		return errors.New("not yet")
	})
	return time.Since(begun)
}

// hangOn sends a request again and again, one behind the other, and reads nothing:
// until the answers fill every buffer on the way. Half a request it sends once.
// Linux buffers ten segments and more for a connection, which are of 64 KiB on
// loopback: with those of a long way there is much less to fill.
func (a *agent) hangOn(t *testing.T, request string) net.Conn {
	t.Helper()
	far := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		var set error
		err := raw.Control(func(fd uintptr) { set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536) })
		return errors.Join(err, set)
	}}
	conn, err := far.DialContext(t.Context(), "tcp", a.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	whole := strings.HasSuffix(request, "\r\n\r\n")
	if whole {
		request = strings.Repeat(request, 100)
	}
	go func() {
		for {
			if _, err := conn.Write([]byte(request)); err != nil || !whole {
				return
			}
		}
	}()
	return conn
}

var errNoVitals = errors.New("no metrics")

// vitals reads the agent's own numbers.
func (a *agent) vitals(t *testing.T) map[string]float64 {
	t.Helper()
	var out map[string]float64
	await(t, 10*time.Second, "the metrics", func() error {
		if out = a.vitalsIfAny(); out == nil {
			return errNoVitals
		}
		return nil
	})
	return out
}

func (a *agent) vitalsIfAny() map[string]float64 {
	page, err := a.get("/metrics")
	if err != nil {
		return nil
	}
	return series(page)
}
