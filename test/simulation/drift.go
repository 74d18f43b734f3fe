package simulation

import (
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

// driftBound is how long after somebody has meddled with a stack all is as Git
// says again: two inventories, the tour's rest, and the work itself.
const driftBound = 35 * time.Minute

// meddle has somebody change one settled stack while nothing else goes wrong, and
// holds P9: it is noticed, told and put right in time.
func (w *world) meddle() {
	if w.broken != nil || w.rand.IntN(4) != 0 {
		return
	}
	f, name, ok := w.anySettled()
	if !ok {
		return
	}
	a := Act{Kind: pick(w.rand.IntN(4), doPatch, doUntag, doHandDelete, doHandAct), Cluster: name, N: w.rand.IntN(100), Text: "check"}
	before := w.counts["finding: drift"]
	w.note("judge", "somebody meddles: "+a.String())
	w.count("drift: " + string(a.Kind))
	deeds[a.Kind](w, f, a)
	begun := w.now
	var wrong string
	for w.broken == nil && w.now.Sub(begun) < driftBound {
		w.until(w.now.Add(restLook))
		if wrong = w.unrest(); wrong == "" {
			break
		}
		w.approveAll() // putting it right may replace what runs
	}
	if wrong != "" {
		w.fail("P9", "%v after %s: %s", driftBound, a, wrong)
	}
	if a.Kind == doPatch && w.broken == nil && w.counts["finding: drift"] == before {
		w.until(begun.Add(driftBound))
		if w.counts["finding: drift"] == before {
			w.fail("P9", "%v after %s nobody was told", driftBound, a)
		}
	}
}

// hangs tells whether Heat works on a stack of the fleet although all is at rest: a
// suspended cluster's, say, which holds others up until its time is over.
func (f *fleet) hangs() bool {
	return slices.ContainsFunc(f.stacks(), func(s heatsim.Stack) bool { return isPresent(s) && strings.HasSuffix(s.State(), "IN_PROGRESS") })
}

// anySettled picks a settled cluster of a fleet that puts drift right.
func (w *world) anySettled() (*fleet, string, bool) {
	for _, a := range w.awake() {
		if a.shape().ReadOnly || a.fleet.repo.at().Report || a.fleet.hangs() {
			continue
		}
		for _, c := range a.status().Clusters {
			if c.Outcome == reconcile.Settled && c.Stack.ID != "" && a.fleet.repo.at().Docs[c.Name].Adopt == "" {
				return a.fleet, c.Name, true
			}
		}
	}
	return nil, "", false
}
