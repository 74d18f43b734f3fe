package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func (a *agent) start(t *testing.T) {
	t.Helper()
	if err := a.launch(); err != nil {
		t.Fatal(err)
	}
}

// launch is start for goroutines that are not the test's own.
func (a *agent) launch() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	log, err := os.OpenFile(a.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(heatsyncFile, "run", "--config", a.file("heatsync.yaml"))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = a.dir, a.environ, log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	a.process, a.ended = cmd, ended
	return nil
}

// died tells whether the agent has ended though nobody ended it.
func (a *agent) died() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return false
	}
	select {
	case <-a.ended:
		return true
	default:
		return false
	}
}

// stop ends the agent as systemd would, and wants it to end well.
func (a *agent) stop(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.ended:
	case <-time.After(40 * time.Second):
		t.Fatal("the agent does not end 40 s after SIGTERM")
	}
	if code := a.process.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the agent ended with exit code %d", code)
	}
	a.process = nil
}

// kill ends the agent with SIGKILL; its drivers must end by themselves.
func (a *agent) kill(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return
	}
	drivers := children(a.process.Process.Pid)
	_ = a.process.Process.Kill()
	<-a.ended
	a.process = nil
	for deadline := time.Now().Add(10 * time.Second); len(alive(drivers)) > 0; {
		if time.Now().After(deadline) {
			t.Errorf("drivers %v outlive the agent", alive(drivers))
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// killDrivers ends the drivers with SIGKILL and says how many there were.
func (a *agent) killDrivers() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return 0
	}
	drivers := children(a.process.Process.Pid)
	for _, pid := range drivers {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return len(drivers)
}

// children gives the processes that pid has started.
func children(pid int) []int {
	var out []int
	dirs, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range dirs {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if state, parent := procStat(child); parent == pid && state != "Z" {
			out = append(out, child)
		}
	}
	return out
}

// procStat reads a process's state and parent.
func procStat(pid int) (state string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}

func alive(pids []int) []int {
	var out []int
	for _, pid := range pids {
		if state, _ := procStat(pid); state != "" && state != "Z" {
			out = append(out, pid)
		}
	}
	return out
}
