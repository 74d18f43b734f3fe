package reconcile

import (
	"strings"
	"time"
)

// FirstRead is a reading that a fleet cannot do without and that has neither come
// nor failed.
type FirstRead struct {
	What  Reading   `json:"what"`
	Since time.Time `json:"since"`
}

// Reading names a first reading, in the words that people read.
type Reading string

// The first readings.
const (
	firstSource    Reading = "the first reading of the source"
	firstInventory Reading = "the first inventory of the cloud's stacks"
)

// firstReadIn is how long the first readings may take unsaid.
const firstReadIn = 30 * time.Second

// firstRemedies say what to look at where a reading does not come: who was asked has
// taken the connection and says nothing.
var firstRemedies = map[Reading]string{
	firstSource:    "see whether the Git host answers: its URL, the network, the proxy",
	firstInventory: "see whether Keystone and Heat answer: auth_url in clouds.yaml, the network, the proxy",
}

// firstReads are the first readings that are still waited for.
func (e *Engine) firstReads() []FirstRead {
	var out []FirstRead
	if e.source.revision == "" && e.source.fault == nil {
		out = append(out, FirstRead{firstSource, e.begun})
	}
	if !e.cloud.whole && e.cloud.inventory.Fault == nil {
		out = append(out, FirstRead{firstInventory, e.begun})
	}
	return out
}

func firstText(reads []FirstRead) string {
	whats := make([]string, len(reads))
	for i, r := range reads {
		whats[i] = string(r.What)
	}
	return strings.Join(whats, " and ")
}

// tellLate says once that a first reading does not come.
func (e *Engine) tellLate() {
	if e.late || e.begun.IsZero() || e.now.Before(e.begun.Add(firstReadIn)) {
		return
	}
	reads := e.firstReads()
	if len(reads) == 0 {
		return
	}
	e.late = true
	for _, r := range reads {
		e.find(Finding{
			Kind: FoundFault, Code: FaultTimeout, Who: Operator,
			Message: string(r.What) + " has not come for " + firstReadIn.String(), Remedy: firstRemedies[r.What],
		})
	}
}

// lateAt is when to look whether a first reading is late, zero for never.
func (e *Engine) lateAt() time.Time {
	if at := e.begun.Add(firstReadIn); !e.late && at.After(e.now) && len(e.firstReads()) > 0 {
		return at
	}
	return time.Time{}
}
