package acceptance

import (
	"testing"
	"time"
)

// act is one piece of a story. It begins with everything settled and leaves it so.
type act struct {
	name string
	play func(s *story, t *testing.T)
}

// fleet of five, as the first commit makes it.
var five = []string{"api", "ci", "db", "docs", "web"}

// acts are the story, from a first commit to the last deletion. Those that prove
// a promise are named after it.
var acts = []act{
	{"a commit makes five clusters", (*story).makeFive},
	{"a flavor and a label change just their stacks", (*story).changeTwo},
	{"P5 a revert during an update is taken up at once", (*story).revertDuringUpdate},
	{"P9 a stack deleted by hand comes back", (*story).deletedByHand},
	{"P9 a stack changed by hand is put right", (*story).changedByHand},
	{"P6 an unreadable file holds only its own", (*story).unreadable},
	{"P2 a vanished file orphans", (*story).vanished},
	{"P5 Suspended is left alone", (*story).suspended},
	{"P4 a foreign stack is not touched", (*story).foreign},
	{"P4 adoption replaces nothing", (*story).adopted},
	{"P2 Absent deletes, within maxDeletes", (*story).absent},
}

// TestStoryOnHeatsim plays all acts with one fleet and one agent.
func TestStoryOnHeatsim(t *testing.T) {
	t.Parallel()
	playAll(t, simulated(t))
}

// TestStoryOnOpenStack plays the same on a real cloud.
func TestStoryOnOpenStack(t *testing.T) { playAll(t, real(t)) }

func playAll(t *testing.T, c *cloud) {
	s := begin(t, c)
	s.agent.start(t)
	for _, a := range acts {
		began := time.Now()
		if !t.Run(a.name, func(t *testing.T) { a.play(s, t) }) {
			t.Fatal("the story ends here")
		}
		t.Logf("%s: %.1f s", a.name, time.Since(began).Seconds())
		t.Run("planning again finds nothing to do", func(t *testing.T) { s.nothingToDo(t) })
	}
	s.agent.stop(t)
}
