package simulation

import (
	"fmt"
	"time"
)

// Act is one thing that happens in a run. What it means is looked up when its
// time comes: one that no longer fits does nothing, so that acts can be left out.
type Act struct {
	At      time.Duration // since the beginning
	Kind    Kind
	Fleet   int           // index in the scenario
	Cluster string        // "" where it concerns none
	N       int           // a choice, its meaning is the kind's
	Text    string        // a choice in words: kind of fault, which requests
	For     time.Duration // how long it lasts
	Chance  float64       // of a fault, per request
}

// Kind names what an act does.
type Kind string

// String is the act as a line of a story.
func (a Act) String() string {
	s := fmt.Sprintf("+%s  %s", clock(a.At), a.Kind)
	if a.Cluster != "" {
		s += " " + a.Cluster
	}
	if a.Text != "" {
		s += fmt.Sprintf(" (%s)", a.Text)
	}
	if a.N != 0 {
		s += fmt.Sprintf(" #%d", a.N)
	}
	if a.For > 0 {
		s += " for " + a.For.String()
	}
	if a.Chance > 0 {
		s += fmt.Sprintf(", %.0f %% of requests", 100*a.Chance)
	}
	if a.Fleet > 0 {
		s += fmt.Sprintf(" in fleet %d", a.Fleet)
	}
	return s
}

// clock writes a time as h:mm:ss.
func clock(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// deeds are what the kinds do.
var deeds = map[Kind]func(*world, *fleet, Act){}

func deed(kind Kind, do func(*world, *fleet, Act)) Kind {
	deeds[kind] = do
	return kind
}

// act carries an act out.
func (w *world) act(a Act) {
	w.count("act: " + string(a.Kind))
	w.note("act", a.String())
	deeds[a.Kind](w, w.fleets[a.Fleet], a)
	w.afterDeed()
}
