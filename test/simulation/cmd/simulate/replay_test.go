package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/test/simulation/mutants"
)

// defect is the mutant that the stories below are told of.
const defect = "max-creates"

// defective builds this command with one mutant in it.
func defective(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	of := slices.DeleteFunc(mutants.All(), func(m mutants.Mutant) bool { return m.Name != defect })
	overlay, err := mutants.Overlay(root, dir, of)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "simulate")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-tags", "mutants", "-overlay", overlay, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// A broken promise of a range is told with the seed, what was promised, the
// shortest story, and commands: each of them, and the file that is saved, plays a
// run that breaks the same promise.
func TestBrokenPromiseIsPlayedAgain(t *testing.T) {
	binary := defective(t)
	play := func(args ...string) (string, int) {
		c := exec.Command(binary, append([]string{"-mutant", defect}, args...)...)
		out, _ := c.CombinedOutput()
		return string(out), c.ProcessState.ExitCode()
	}
	file := filepath.Join(t.TempDir(), "case.json")
	told, code := play("-seeds", "1-3000", "-save", file)
	found := regexp.MustCompile(`(?m)^seed (\d+): (.+) broken at`).FindStringSubmatch(told)
	if code != 1 || found == nil {
		t.Fatalf("no promise is broken, exit code %d:\n%s", code, told)
	}
	promise := found[2] + " broken at"
	commands := regexp.MustCompile(`(?m):\s+go run \./test/simulation/cmd/simulate (.+)$`).FindAllStringSubmatch(told, -1)
	if len(commands) != 2 || !strings.Contains(commands[1][1], " -keep ") || !strings.Contains(commands[0][1], "-seed "+found[1]) {
		t.Fatalf("its commands are %q, in:\n%s", commands, told)
	}
	for _, args := range [][]string{strings.Fields(commands[0][1]), strings.Fields(commands[1][1]), {"-case", file}} {
		if out, code := play(args...); code != 1 || !strings.Contains(out, promise) {
			t.Errorf("%v: exit code %d, want %q in:\n%.2000s", args, code, promise, out[max(0, len(out)-2000):])
		}
	}
	short, _ := play(strings.Fields(commands[1][1])...)
	saved, _ := play("-case", file)
	if short != saved {
		t.Error("the short way and the saved case are two stories")
	}
	_, story, _ := strings.Cut(told, "  the story, of ")
	if lines := strings.Count(story, "\n    +"); lines < 2 || lines > 12 || !strings.Contains(told, "  the promise: ") {
		t.Errorf("the story is of %d lines:\n%s", lines, told)
	}
}

// A cut that does not fit is refused, and so are words that are none.
func TestRefusesWhatItCannotPlay(t *testing.T) {
	for _, o := range []options{
		{seed: 1, keep: "999"},
		{seed: 1, keep: "x"},
		{seeds: "3-2"},
		{seeds: "0"},
		{seeds: "a-b"},
		{file: filepath.Join(t.TempDir(), "gone")},
	} {
		o.size, o.out = "small", &strings.Builder{}
		if good, err := o.run(sizes[o.size]); err == nil || good {
			t.Errorf("seed %d, keep %q, seeds %q, case %q: %v, %v", o.seed, o.keep, o.seeds, o.file, good, err)
		}
	}
}
