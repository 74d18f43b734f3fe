package agent

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// recordSome drives an engine through a few events and records them.
func recordSome(t testing.TB, file string, max int64, events int) {
	t.Helper()
	r := newRecorder(file, "prod", max, slog.New(slog.DiscardHandler))
	r.start()
	e := reconcile.New()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tell := func(ev reconcile.Event) { r.record(ev, e.Handle(ev), e.Snapshot) }
	tell(reconcile.Started{At: reconcile.At{Time: at}, Settings: reconcile.DefaultSettings("prod")})
	tell(reconcile.Revision{At: reconcile.At{Time: at}, ID: "r", Changed: []reconcile.SourceFile{{Path: "all.yaml", Data: []byte(fleetText + clusterText("web", "good"))}}})
	for i := range events {
		at = at.Add(time.Minute)
		tell(reconcile.Moment{At: reconcile.At{Time: at}})
		if i%3 == 0 {
			tell(reconcile.Listed{At: reconcile.At{Time: at}, Lane: reconcile.LaneInventory, Complete: true})
		}
	}
	r.close()
}

func replay(t *testing.T, file string) (Replayed, string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	r, err := Replay(f, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return r, out.String()
}

func TestRecordingReplays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.jsonl")
	recordSome(t, file, 1<<20, 10)
	r, out := replay(t, file)
	if r.Events != 16 || r.Differ != 0 || r.Fleet != "prod" || !strings.Contains(out, "command ReadSource") {
		t.Errorf("%+v\n%s", r, out)
	}
}

// A full file gives way to one that begins with the engine's state, so each of
// the two replays by itself.
func TestRecordingIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.jsonl")
	recordSome(t, file, 2000, 60)
	for _, name := range []string{file, file + ".1"} {
		r, out := replay(t, name)
		if r.Differ != 0 {
			t.Errorf("%s: %+v\n%s", name, r, out)
		}
	}
	left, err := filepath.Glob(file + "*")
	if err != nil || len(left) != 2 {
		t.Errorf("files: %v, %v", left, err)
	}
}

// A disk without room costs what it has no room for, and nothing that was written;
// an engine's state is taken once a minute meanwhile, not at each event.
func TestRecordingOutlivesAFullDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.jsonl")
	recordSome(t, file, 1<<20, 10)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", file+".new"); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(file, "prod", 1<<20, slog.New(slog.DiscardHandler))
	e, states := reconcile.New(), 0
	state := func() ([]byte, error) { states++; return e.Snapshot() }
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tell := func(ev reconcile.Event) { r.record(ev, e.Handle(ev), state) }
	tell(reconcile.Started{At: reconcile.At{Time: at}, Settings: reconcile.DefaultSettings("prod")})
	for !r.failed.Load() {
		runtime.Gosched()
	}
	if left, _ := os.ReadFile(file); !bytes.Equal(left, good) {
		t.Errorf("a full disk leaves %d bytes of %d", len(left), len(good))
	}
	for range 70 { // seconds
		at = at.Add(time.Second)
		tell(reconcile.Moment{At: reconcile.At{Time: at}})
	}
	r.close()
	if states != 2 {
		t.Errorf("the engine's state was taken %d times, want 2", states)
	}
	if kept, _ := os.ReadFile(file + ".1"); !bytes.Equal(kept, good) {
		t.Error("the good recording is not kept aside")
	}
	if again, out := replay(t, file); again.Differ != 0 || again.Events < 5 {
		t.Errorf("%+v\n%s", again, out)
	}
}

func TestReplayTellsOtherCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.jsonl")
	recordSome(t, file, 1<<20, 3)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	lines[2] = strings.Replace(lines[2], `"sum":"`, `"sum":"0`, 1)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, out := replay(t, file); r.Differ != 1 || !strings.Contains(out, "DIFFERS") {
		t.Errorf("%+v\n%s", r, out)
	}
	// a crash cuts the last line off
	if err := os.WriteFile(file, data[:len(data)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	if r, out := replay(t, file); r.Differ != 0 || !strings.Contains(out, "cut off") {
		t.Errorf("%+v\n%s", r, out)
	}
}

func TestEveryEventCanBeRecorded(t *testing.T) {
	for name, typ := range eventTypes {
		line := recordLine{Event: name, Data: []byte(`{"at":"2026-03-01T12:00:00Z"}`)}
		ev, err := line.event()
		if err != nil || nameOf(ev) != name || ev.When().IsZero() {
			t.Errorf("%s (%s): %+v, %v", name, typ, ev, err)
		}
	}
	if _, err := (recordLine{Event: "Nonsense"}).event(); err == nil {
		t.Error("an unknown event was read")
	}
	_, err := Replay(strings.NewReader("hello\n"), &bytes.Buffer{})
	if err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
