package promises

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// children gives the processes that pid has started and that live.
func children(pid int) (out []int) {
	for child, state := range started(pid) {
		if state != "Z" {
			out = append(out, child)
		}
	}
	return out
}

// offspring gives also those that ended and that nobody has waited for.
func offspring(pid int) []int { return slices.Collect(maps.Keys(started(pid))) }

// programs gives pid's children by their program's name, where that begins so.
func programs(pid int, prefix string) map[string]int {
	out := map[string]int{}
	for _, child := range children(pid) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
		name, _, _ := strings.Cut(string(text), "\x00")
		if strings.HasPrefix(name, prefix) {
			out[name] = child
		}
	}
	return out
}

// started gives the processes that pid has started, with the kernel's letter for
// the state each is in.
func started(pid int) map[int]string {
	out := map[int]string{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if parent, _ := strconv.Atoi(fields[1]); parent == pid {
			out[child] = fields[0]
		}
	}
	return out
}

// processorTime is what a process has used of processors so far.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 wherever Go runs on Linux
}

// descriptors counts what a process has open.
func descriptors(pid int) int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries)
}

// diskBytes adds up the files below dir.
func diskBytes(dir string) int64 {
	var sum int64
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// series gives the series of a page of metrics with their values.
func series(page []byte) map[string]float64 {
	out := map[string]float64{}
	for _, line := range strings.Split(string(page), "\n") {
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		out[line[:i]], _ = strconv.ParseFloat(line[i+1:], 64)
	}
	return out
}
