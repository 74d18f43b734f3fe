package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clockTick is the unit of CPU times in /proc/PID/stat: USER_HZ, 100 on every
// Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuOf is the user and system time of a process.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	f := statOf(b, pid)
	return time.Duration(number(b, f[11])+number(b, f[12])) * clockTick
}

// statOf gives the fields of /proc/PID/stat from the state on: behind the name,
// which may hold anything.
func statOf(b *testing.B, pid int) []string {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	return strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
}

// memory is in KiB.
type memory struct {
	rss  int // resident now
	peak int // the most that was ever resident
}

func memoryOf(b *testing.B, pid int) memory {
	b.Helper()
	return memory{
		rss:  field(b, fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Rss:"),
		peak: field(b, fmt.Sprintf("/proc/%d/status", pid), "VmHWM:"),
	}
}

func field(b *testing.B, file, name string) int {
	b.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return number(b, strings.Fields(rest)[0])
		}
	}
	b.Fatalf("%s has no %s", file, name)
	return 0
}

func number(b *testing.B, s string) int {
	b.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// childrenOf gives the processes that a process has started.
func childrenOf(b *testing.B, pid int) []int {
	b.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	var out []int
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // the thread has ended
		}
		for _, s := range strings.Fields(string(data)) {
			out = append(out, number(b, s))
		}
	}
	return out
}
