package reconcile

import (
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/plan"
)

// rebuilt is the docker driver rebuilt from a changed template, its version left as
// it was.
func (w *world) rebuilt() {
	w.salt, w.effect = "y", plan.Replace
	w.driver.SHA256 = "bb"
}

func TestDriverOfTheSameVersionThatDisturbsIsHeld(t *testing.T) {
	w := five(t)
	w.rebuilt()
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	w.wrote()
	w.is("a held/driver-change")
	if m := w.status("a").Message; !strings.Contains(m, "docker 1.0.0 (sha256 aa) -> docker 1.0.0 (sha256 bb)") {
		t.Errorf("message %q does not tell the two builds apart", m)
	}
}

func TestDriverOfTheSameVersionIsHeldOverARestart(t *testing.T) {
	w := five(t)
	h := w.e.Hints()
	w.rebuilt()
	w.restart(nil, &h).run(time.Hour)
	w.wrote()
	w.is("a held/driver-change")
}

// An agent that kept name and version alone is upgraded: its hints do not say which
// executable it was, and nothing is held for that.
func TestHintsWithoutADigestHoldNothing(t *testing.T) {
	w := five(t)
	h := w.e.Hints()
	for name, c := range h.Clusters {
		c.Driver, _, _ = strings.Cut(c.Driver, digestOpens)
		h.Clusters[name] = c
	}
	w.rebuilt()
	w.restart(nil, &h).run(time.Hour)
	if n := len(w.done); n != 5 {
		t.Errorf("%d writes, want 5", n)
	}
}

// The next executable is compared with the one that was seen to render the same.
func TestHintsWithoutADigestLearnItWhenSettled(t *testing.T) {
	w := five(t)
	h := w.e.Hints()
	for name, c := range h.Clusters {
		c.Driver, _, _ = strings.Cut(c.Driver, digestOpens)
		h.Clusters[name] = c
	}
	w.restart(nil, &h).run(time.Minute)
	w.rebuilt()
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	w.wrote()
	w.is("a held/driver-change")
}

// A document that changed without a change of the stack is the one that the next
// driver is measured by.
func TestDriverIsHeldAfterAnEditThatRendersTheSame(t *testing.T) {
	w := five(t)
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		w.file(n+".yaml", clusterDoc(n, ", timeout: 90m"))
	}
	w.push().run(5 * time.Minute)
	w.wrote()
	w.rebuilt()
	w.send(Described{At: w.at(), Driver: w.driver})
	w.run(time.Hour)
	w.wrote()
	w.is("a held/driver-change")
}

func TestSameBuild(t *testing.T) {
	const bare, one, other = "docker 1.4.0", "docker 1.4.0 (sha256 4f5a6b7c8d9e)", "docker 1.4.0 (sha256 000000000000)"
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"equal", one, one, true},
		{"another executable", one, other, false},
		{"of an older agent's hint", bare, one, true},
		{"told to an older agent", one, bare, true},
		{"another version", "docker 1.3.0", one, false},
		{"both without", bare, "docker 1.4.1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sameBuild(c.a, c.b); got != c.want {
				t.Errorf("sameBuild(%q, %q) = %v", c.a, c.b, got)
			}
		})
	}
}

// An agent that only looks says what one that writes would hold.
func TestReadOnlyTellsThatADriverIsHeld(t *testing.T) {
	w := five(t)
	h := w.e.Hints()
	w.rebuilt()
	w.restart(func(s *Settings) { s.ReadOnly = true }, &h).run(time.Hour)
	w.is("a held/driver-change")
}
