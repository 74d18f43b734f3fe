package promises

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// recordingBytes is what a recording is allowed. It begins with the engine's
// state, which is not counted; headBytes is more than that of a batch.
const (
	recordingBytes = 1 << 20
	headBytes      = 512 << 10
)

// What may differ between two looks at an agent that does nothing. A leak of one
// thing in each round, or each restart, is far above it. The state holds the hints
// of a batch, or of none, as they were last written.
var slack = footprint{
	Goroutines: 8, Descriptors: 6, DriverDescriptors: 6, Series: 12, Children: 0,
	Heap: 1 << 20, Resident: 12 << 20, State: 128 << 10, TempFiles: 0, Temp: 4 << 10,
}

// footprint is what an agent holds while it has no cluster.
type footprint struct {
	Goroutines, Descriptors, Series int
	Children, DriverDescriptors     int   // those that nobody waited for included
	Heap, Resident                  int64 // bytes: lowest between collections, and of the process
	State, Recording                int64 // bytes on disk
	TempFiles                       int
	Temp                            int64 // bytes on disk
}

func (f footprint) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d series, %d children with %d descriptors, heap %d KiB, resident %d KiB, "+
		"state %d B, recording %d KiB, %d temporary files of %d B",
		f.Goroutines, f.Descriptors, f.Series, f.Children, f.DriverDescriptors, f.Heap>>10, f.Resident>>10,
		f.State, f.Recording>>10, f.TempFiles, f.Temp)
}

// over says where f is above another by more than the slack.
func (f footprint) over(base footprint) error {
	var errs []error
	complain := func(what string, is, was, slack int64) {
		if is > was+slack {
			errs = append(errs, fmt.Errorf("%s: %d, before %d", what, is, was))
		}
	}
	complain("goroutines", int64(f.Goroutines), int64(base.Goroutines), int64(slack.Goroutines))
	complain("descriptors", int64(f.Descriptors), int64(base.Descriptors), int64(slack.Descriptors))
	complain("series", int64(f.Series), int64(base.Series), int64(slack.Series))
	complain("child processes", int64(f.Children), int64(base.Children), int64(slack.Children))
	complain("descriptors of drivers", int64(f.DriverDescriptors), int64(base.DriverDescriptors), int64(slack.DriverDescriptors))
	complain("bytes of heap", f.Heap, base.Heap, slack.Heap)
	complain("resident bytes", f.Resident, base.Resident, slack.Resident)
	complain("bytes of state", f.State, base.State, slack.State)
	complain("temporary files", int64(f.TempFiles), int64(base.TempFiles), int64(slack.TempFiles))
	complain("bytes of temporary files", f.Temp, base.Temp, slack.Temp)
	if f.Goroutines == 0 || f.Series == 0 || f.Descriptors == 0 || f.Children == 0 || f.State == 0 || f.Recording == 0 || f.Heap == 0 {
		errs = append(errs, errors.New("a part of it cannot be seen"))
	}
	return errors.Join(errs...)
}

// watcher compares an agent that rests with what it was once warm.
type watcher struct {
	agent      *agent
	cloud      *cloud
	recordings int // one for each fleet
	base       footprint
	begun      time.Time
}

// over adds what is bounded, not flat: a recording and the one before.
func (w *watcher) over(f, base footprint) error {
	err := f.over(base)
	if most := int64(2 * w.recordings * (recordingBytes + headBytes)); f.Recording > most {
		err = errors.Join(err, fmt.Errorf("bytes of recordings: %d, allowed are %d", f.Recording, most))
	}
	return err
}

// begin takes the level that all others are compared with: one that another look
// confirms.
func (w *watcher) begin(t *testing.T) {
	t.Helper()
	await(t, time.Minute, "the agent rests", func() error {
		was := w.base
		w.base = w.measure(t)
		return w.over(w.base, was)
	})
	w.begun = time.Now()
	t.Logf("once warm: %v", w.base)
}

// look wants the agent as big as it was; calls under way get a while to end.
func (w *watcher) look(t *testing.T, when string) {
	t.Helper()
	took := time.Since(w.begun)
	var now footprint
	await(t, time.Minute, "after "+when+" the agent is as big as before", func() error {
		now = w.measure(t)
		return w.over(now, w.base)
	})
	t.Logf("after %s, in %v: %v", when, took.Round(time.Second), now)
}

// measure closes connections first: how many are kept for later is chance.
func (w *watcher) measure(t *testing.T) footprint {
	t.Helper()
	w.cloud.server.CloseClientConnections()
	a := w.agent
	f := footprint{State: diskBytes(a.file("state")), Recording: diskBytes(a.file("recording"))}
	f.TempFiles, f.Temp = diskFiles(a.temporary), diskBytes(a.temporary)
	f.Heap = a.heap(t)
	vitals := a.vitals(t)
	f.Goroutines, f.Resident = int(vitals["go_goroutines"]), int64(vitals["process_resident_memory_bytes"])
	for name := range vitals { // a histogram counts once, whatever its buckets
		if !strings.Contains(name, "_bucket{") {
			f.Series++
		}
	}
	f.Descriptors = descriptors(a.pid())
	for _, pid := range offspring(a.pid()) {
		f.Children++
		f.DriverDescriptors += descriptors(pid)
	}
	return f
}

// heap gives the least of the heap over two collections, which scrapes bring on.
func (a *agent) heap(t *testing.T) (least int64) {
	t.Helper()
	collections := 0.0
	await(t, time.Minute, "two garbage collections", func() error {
		for range 20 {
			v := a.vitals(t)
			collections = cmp.Or(collections, v["go_gc_duration_seconds_count"])
			if now := int64(v["go_memstats_heap_alloc_bytes"]); least == 0 || now < least {
				least = now
			}
			if v["go_gc_duration_seconds_count"] >= collections+2 {
				return nil
			}
		}
		return errors.New("not yet")
	})
	return least
}

// diskFiles counts what is below dir, folders included.
func diskFiles(dir string) (n int) {
	_ = filepath.WalkDir(dir, func(string, os.DirEntry, error) error { n++; return nil })
	return n
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
