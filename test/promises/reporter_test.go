package promises

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
)

const (
	deadReaders    = 8        // of each kind: below what the agent has in hand at once
	crowdOfDead    = 60       // far above that
	goroutinesEach = 4        // of the agent, for one dead connection
	memoryForDead  = 96 << 20 // bytes, for all of them
	answerWithin   = 3 * time.Second
	calmCPU        = 0.05 // of a processor, over half a second
	goroutineSlack = 8
)

// TestP8DeadReporterBlocksNothing: whoever asks the agent for a report and then
// does not take it costs nobody anything: not the fleet, not the health check, and
// not the next scraper. Even a crowd of them keeps nobody but other reporters
// waiting.
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
		a.manyTimes(t, "/metrics"), a.manyTimes(t, "/api/v1/clusters"), a.manyTimes(t, "/"),
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

	request := a.manyTimes(t, "/api/v1/clusters")
	for range crowdOfDead {
		dead = append(dead, a.hangOn(t, request))
	}
	await(t, 30*time.Second, "a crowd fills the agent's hands", func() error {
		if _, err := a.get("/api/v1/clusters"); err == nil {
			return errors.New("there is room yet")
		}
		return nil
	})
	a.mustCalm(t)
	crowded := a.becomesStack(t, c, "crowded")
	a.mustAnswer(t, "/healthz", "/readyz")
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
	t.Logf("a commit became a stack in %v alone, in %v beside %d dead reporters, in %v in a crowd of %d", usual, beside, 4*deadReaders, crowded, len(dead))
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes", "process_open_fds"} {
		t.Logf("%s: %.0f before, %.0f beside them, %.0f after a crowd", name, before[name], during[name], after[name])
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

// manyTimes asks for a page so often that the answers overflow every buffer
// between the agent and a reader that never reads.
func (a *agent) manyTimes(t *testing.T, path string) string {
	t.Helper()
	page, err := a.get(path)
	if err != nil {
		t.Fatal(err)
	}
	times := 2 * (socketBuffer(t, "tcp_wmem") + socketBuffer(t, "tcp_rmem")) / len(page)
	return strings.Repeat("GET "+path+" HTTP/1.1\r\nHost: "+a.address+"\r\n\r\n", times)
}

// socketBuffer is the most the kernel buffers of one direction.
func socketBuffer(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/net/ipv4/" + name)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text)) // least, default, most
	most, err := strconv.Atoi(fields[len(fields)-1])
	if err != nil {
		t.Fatal(err)
	}
	return most
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

// hangOn sends a request and reads nothing.
func (a *agent) hangOn(t *testing.T, request string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	go func() { _, _ = conn.Write([]byte(request)) }()
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
