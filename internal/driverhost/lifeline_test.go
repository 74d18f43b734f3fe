//go:build linux

package driverhost

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// beHost is an agent that runs the driver "toy", says its pid and is killed.
func beHost(dir string) {
	h, err := Open(Options{Dir: dir, LockFile: filepath.Join(dir, "drivers.lock"), Timing: fast()})
	if err != nil {
		panic(err)
	}
	d, err := h.Driver("toy")
	if err != nil {
		panic(err)
	}
	got, err := d.Render(context.Background(), render("fine"))
	if err != nil {
		panic(err)
	}
	fmt.Println("pid", got.Parameters["pid"])
	_ = d.Apply(context.Background(), apply("wait"), func(string) { fmt.Println("begun") })
	select {}
}

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
	n, err := unix.Poll(poll, 1000)
	if n != 1 {
		t.Errorf("the driver is still there a second after the agent (%v)", err)
	}
	t.Logf("the driver went %s after the agent", time.Since(killed))
	_ = agent.Wait()
}
