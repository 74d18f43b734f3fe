package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/test/simulation"
)

// sweeper is a command of a program of that name, on small fleets, with a file of
// its progress.
func sweeper(file, program string) (options, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return options{
		size: "small", workers: 2, progress: file, out: out,
		program: func() (string, error) { return program, nil },
	}, out
}

func kept(t *testing.T, file string) progress {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p progress
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// A range that has not met all there is to meet fails, and fails again, also when
// it was cut off before its last seed; one that has does not.
func TestRangeThatMissesSomethingFailsEachTime(t *testing.T) {
	last := simulation.Small.Nightly()
	all := simulation.Counts{}
	for _, what := range simulation.Never(nil, simulation.Small) {
		all[what] = 1
	}
	for _, tt := range []struct {
		name string
		met  simulation.Counts
		good bool
	}{
		{"something was not met", simulation.Counts{}, false},
		{"all was met", all, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "progress")
			o, out := sweeper(file, "p")
			o.note(progress{Program: "p", Size: "small", First: 1, Last: last, Next: last, tally: tally{Runs: int(last) - 1, Counts: tt.met}})
			for _, call := range []string{"1 runs", "have been run"} {
				out.Reset()
				good, err := o.sweep(1, last, simulation.Small)
				if err != nil || good != tt.good || !strings.Contains(out.String(), call) {
					t.Errorf("good %v, want %v, %v; want %q in:\n%s", good, tt.good, err, call, out)
				}
			}
		})
	}
}

// A range goes on where it ended, for the same program and the same range.
func TestRangeBelongsToOneProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "progress")
	for _, tt := range []struct {
		name, program string
		last          uint64
		want          string
	}{
		{"the first time", "old", 3, "seeds 1-3: 3 runs"},
		{"again", "old", 3, "seeds 1-3 have been run"},
		{"another program", "new", 3, "another program has come to seed 4: beginning at 1 again\nseeds 1-3: 3 runs"},
		{"another range", "new", 2, "is not the progress of seeds 1-2: beginning at 1\nseeds 1-2: 2 runs"},
	} {
		o, out := sweeper(file, tt.program)
		if good, err := o.sweep(1, tt.last, simulation.Small); err != nil || !good || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: %v, %v, want %q in:\n%s", tt.name, good, err, tt.want, out)
		}
	}
	if err := os.WriteFile(file, []byte("3\n"), 0o600); err != nil { // as it once was
		t.Fatal(err)
	}
	o, out := sweeper(file, "new")
	if _, err := o.sweep(1, 2, simulation.Small); err != nil || !strings.Contains(out.String(), "seeds 1-2: 2 runs") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// The rest of a range is judged with what its beginning met, each seed once.
func TestRestOfARangeKeepsItsBeginning(t *testing.T) {
	dir := t.TempDir()
	whole, _ := sweeper(filepath.Join(dir, "whole"), "p")
	parts, _ := sweeper(filepath.Join(dir, "parts"), "p")
	for _, o := range []struct {
		options
		last uint64
	}{{whole, 6}, {parts, 2}} {
		if _, err := o.sweep(1, o.last, simulation.Small); err != nil {
			t.Fatal(err)
		}
	}
	cut := kept(t, parts.progress)
	cut.Last = 6
	parts.note(cut)
	if _, err := parts.sweep(1, 6, simulation.Small); err != nil {
		t.Fatal(err)
	}
	if a, b := kept(t, whole.progress), kept(t, parts.progress); !reflect.DeepEqual(a, b) {
		t.Errorf("in one go %+v\nin two %+v", a, b)
	}
}

func TestProgramIsItsContent(t *testing.T) {
	a, err := thisProgram()
	if b, _ := thisProgram(); err != nil || len(a) != 64 || a != b {
		t.Errorf("%q and %q, %v", a, b, err)
	}
}
