//go:build linux

package driverhost

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// However the agent dies, its drivers go within a second, a running step or not.
func TestNoDriverOutlivesAKilledAgent(t *testing.T) {
	f := newFolder(t, "toy")
	if _, err := WriteLock(f.dir, filepath.Join(f.dir, "drivers.lock")); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	agent := exec.Command(self)
	agent.Env = append(os.Environ(), "HEATSYNC_TEST_HOST="+f.dir)
	agent.Stderr = os.Stderr
	stdout, err := agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "begun" {
		if text, ok := strings.CutPrefix(lines.Text(), "pid "); ok {
			pid, _ = strconv.Atoi(text)
		}
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := agent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := 0, error(unix.EINTR)
	for within := time.Second + exitDelay; errors.Is(err, unix.EINTR); { // a signal of the runtime's, or the agent's end
		n, err = unix.Poll(poll, int((within - time.Since(killed)).Milliseconds()))
	}
	if n != 1 {
		t.Errorf("the driver is still there a second after the agent (%v)", err)
	}
	t.Logf("the driver went %s after the agent", time.Since(killed))
	_ = agent.Wait()
}
