package agent

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/heatsync/heatsync/internal/version"
	"github.com/heatsync/heatsync/reconcile"
)

// recordQueue is how many lines may wait for the disk. When it is full the
// recording has a hole, so it begins anew with the engine's state.
const recordQueue = 1024

// recordPause lies between two tries to begin a recording anew, as its events count
// time: each costs the engine's whole state.
const recordPause = time.Minute

// recorder writes one fleet's events to a bounded file. Its file holds what the
// engine is told: the files in Git and what the cloud shows of stacks, with
// hidden parameters masked; no token and no secret's value ever reaches an
// engine. record belongs to a loop's goroutine and never waits for the disk.
type recorder struct {
	file  string
	fleet string
	max   int64
	log   *slog.Logger
	lines chan recordEntry
	done  chan struct{}

	size   int64     // of the file behind its first line, once all lines are written
	broken bool      // a line was lost since the file was begun
	again  time.Time // a broken recording is not begun anew before
	failed atomic.Bool
}

// recordEntry is a line, or with fresh the first line of a new file.
type recordEntry struct {
	line  []byte
	fresh bool
}

func newRecorder(file, fleet string, max int64, log *slog.Logger) *recorder {
	r := &recorder{
		file: file, fleet: fleet, max: max, log: log,
		lines: make(chan recordEntry, recordQueue), done: make(chan struct{}), broken: true,
	}
	go r.write()
	return r
}

// start begins the first file, of an engine that has handled nothing.
func (r *recorder) start() { r.begin(nil) }

// record notes what the engine was told and answered. snapshot gives its state
// after that.
func (r *recorder) record(ev reconcile.Event, out reconcile.Output, snapshot func() ([]byte, error)) {
	line, err := encodeLine(ev, out)
	if err != nil {
		r.fail(err)
		r.broken = true
	}
	if r.failed.Swap(false) {
		r.broken = true
	}
	switch {
	case r.broken && ev.When().Before(r.again):
	case r.broken:
		r.again = ev.When().Add(recordPause)
		r.beginFrom(snapshot)
	case r.size+int64(len(line)) > r.max:
		r.beginFrom(snapshot)
	default:
		r.put(recordEntry{line: line})
	}
}

func (r *recorder) beginFrom(snapshot func() ([]byte, error)) {
	state, err := snapshot()
	if err != nil {
		r.fail(err)
		return
	}
	r.begin(state)
}

func (r *recorder) begin(state json.RawMessage) {
	head, err := json.Marshal(recordHead{Heatsync: recordVersion, Fleet: r.fleet, Version: version.String(), Snapshot: state})
	if err != nil {
		r.fail(err)
		return
	}
	r.size, r.broken = 0, false
	r.put(recordEntry{line: append(head, '\n'), fresh: true})
}

func (r *recorder) put(e recordEntry) {
	select {
	case r.lines <- e:
		if !e.fresh { // a state that is larger than the bound must not be written each time
			r.size += int64(len(e.line))
		}
	default:
		r.broken = true
	}
}

func (r *recorder) fail(err error) {
	r.log.Warn("the recording has a hole", "file", r.file, keyErr, err)
}

// close writes what waits and ends the recorder.
func (r *recorder) close() {
	close(r.lines)
	<-r.done
}

func (r *recorder) write() {
	defer close(r.done)
	var f *os.File
	defer func() {
		if f != nil {
			_ = f.Close()
		}
	}()
	for e := range r.lines {
		var err error
		switch {
		case e.fresh:
			if f != nil {
				_ = f.Close()
			}
			f, err = r.open(e.line)
		case f != nil:
			if _, err = f.Write(e.line); err != nil {
				_ = f.Close()
				f = nil
			}
		}
		if err != nil {
			r.log.Error("the recording cannot be written", "file", r.file, keyErr, err)
			r.failed.Store(true)
		}
	}
}

// open begins a new file and, once its first line is written, puts the present one in
// the place of the one before. A full disk leaves both as they are.
func (r *recorder) open(first []byte) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(r.file), 0o700); err != nil {
		return nil, err
	}
	begun := r.file + ".new"
	f, err := os.OpenFile(begun, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(first); err == nil {
		err = r.rotate(begun)
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(begun)
		return nil, err
	}
	return f, nil
}

func (r *recorder) rotate(begun string) error {
	if err := os.Rename(r.file, r.file+".1"); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("keep the old recording: %w", err)
	}
	return os.Rename(begun, r.file)
}
