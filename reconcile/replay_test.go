package reconcile

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile/live"
)

// tape records what went in and came out of a world's engine.
type tape struct {
	events   [][]byte
	commands [][]byte
}

func (p *tape) hear(t reporter, ev Event, out Output) {
	t.Helper()
	line, err := EncodeEvent(ev)
	if err != nil {
		t.Fatal(err)
	}
	p.events = append(p.events, line)
	p.commands = append(p.commands, encodeAll(t, out.Commands)...)
}

func encodeAll(t reporter, cs []Command) [][]byte {
	t.Helper()
	var lines [][]byte
	for _, c := range cs {
		line, err := EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeCommand(line)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := EncodeCommand(back); !bytes.Equal(line, again) {
			t.Fatalf("command %s reads back as %s", line, again)
		}
		lines = append(lines, line)
	}
	return lines
}

// story is a day with a bit of everything.
func story(w *world) {
	w.run(5 * time.Minute)
	w.file("b.yaml", clusterDoc("b", ", flavor: big"))
	w.push().run(time.Minute)
	s := w.one("c")
	s.params, s.row.Updated = "meddled", w.now
	s.row.Status = live.Status{Action: live.Update, State: live.Complete}
	w.run(time.Hour)
	w.file("a.yaml", "kind: [")
	w.file("d.yaml", clusterDoc("d", ", lifecycle: Absent"))
	w.fail = "No valid host was found"
	w.file("e.yaml", clusterDoc("e", ", flavor: huge"))
	w.push().run(time.Hour)
	w.fail = ""
	w.run(2 * time.Hour)
}

func TestRecordedDayGivesTheSameCommands(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b", "c", "d", "e")
	p := &tape{}
	w.tape = p
	w.start(nil, nil)
	story(w)
	e := New()
	var got [][]byte
	for _, line := range p.events {
		ev, err := DecodeEvent(line)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, encodeAll(t, e.Handle(ev).Commands)...)
	}
	if d := cmp.Diff(p.commands, got); d != "" {
		t.Errorf("replayed commands differ (-recorded +replayed):\n%.2000s", d)
	}
}

func TestRecordingStartsAnywhere(t *testing.T) {
	w := newWorld(t)
	w.clusters("a", "b", "c", "d", "e")
	w.start(nil, nil).run(3 * time.Minute)
	snap, err := w.e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	p := &tape{}
	w.tape = p
	story(w)
	e, err := Restore(snap)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := e.Snapshot(); !bytes.Equal(snap, again) {
		t.Errorf("a restored engine has another snapshot (-taken +restored):\n%.3000s", cmp.Diff(string(snap), string(again)))
	}
	var got [][]byte
	for _, line := range p.events {
		ev, err := DecodeEvent(line)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, encodeAll(t, e.Handle(ev).Commands)...)
	}
	if d := cmp.Diff(p.commands, got); d != "" {
		t.Errorf("replayed commands differ (-recorded +replayed):\n%.2000s", d)
	}
}
