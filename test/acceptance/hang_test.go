package acceptance

import (
	"strings"
	"syscall"
	"testing"
)

// TestP6DriverThatHangsIsStartedAgain stops the driver in its tracks, which no
// crash tells of: the agent notices, and the change in hand arrives all the same.
func TestP6DriverThatHangsIsStartedAgain(t *testing.T) {
	t.Parallel()
	s := begin(t, simulated(t))
	s.push(t, "one cluster", files{"fleet.yaml": s.fleetFile(), at("one"): cluster("one")})
	s.agent.start(t)
	s.is(t, "settled", "one")
	hung := children(s.agent.process.Process.Pid)
	for _, pid := range hung {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	s.push(t, "a bigger one", files{at("one"): cluster("one", "flavor: "+s.cloud.site.otherFlavor)})
	s.is(t, "settled", "one")
	s.nothingToDo(t)
	if left := alive(hung); len(left) > 0 {
		t.Errorf("the drivers that hung, %v, are still there", left)
	}
	s.agent.stop(t)
}

// TestTwoAgentsNeverShareAStateFolder starts a second agent beside the first.
func TestTwoAgentsNeverShareAStateFolder(t *testing.T) {
	t.Parallel()
	s := begin(t, simulated(t))
	s.push(t, "one cluster", files{"fleet.yaml": s.fleetFile(), at("one"): cluster("one")})
	s.agent.start(t)
	s.is(t, "settled", "one")
	out, code := s.agent.command(t, "run", "--config", s.agent.file("heatsync.yaml"))
	if code != 1 || !strings.Contains(out, "another agent works on this state folder") {
		t.Errorf("the second agent ends with %d:\n%s", code, out)
	}
	s.agent.stop(t)
}
