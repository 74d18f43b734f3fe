package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// Event is something that happened outside the engine. Every event carries its
// time; the engine knows no other clock.
type Event interface {
	// When is the time of the event: monotonic within one engine.
	When() time.Time
}

// At is the time of an event, embedded by all of them.
type At struct {
	Time time.Time `json:"at"`
}

// When implements Event.
func (a At) When() time.Time { return a.Time }

// Started is the first event of an engine.
type Started struct {
	At
	Settings Settings `json:"settings"`
	Hints    *Hints   `json:"hints,omitempty"` // nil: none were found
	Cloud    string   `json:"cloud,omitempty"` // names the project: Keystone's URL, project id, region
}

// SettingsChanged replaces the settings.
type SettingsChanged struct {
	At
	Settings Settings `json:"settings"`
}

// SourceFile is one YAML file of a revision.
type SourceFile struct {
	Path string `json:"path"`
	Data []byte `json:"data"`
}

// Revision is a whole revision of the source, told as what differs from the
// revision before; the first tells all files. It answers ReadSource.
type Revision struct {
	At
	ID      string       `json:"id"`
	Former  string       `json:"former,omitempty"` // good before, and this one does not descend from it
	Changed []SourceFile `json:"changed,omitempty"`
	Removed []string     `json:"removed,omitempty"`
}

// Unchanged answers ReadSource: the source was read and is at the same revision.
type Unchanged struct{ At }

// SourceFailed answers ReadSource: the last good revision stays in force.
type SourceFailed struct {
	At
	Fault Fault `json:"fault"`
}

// Listed answers List with the rows that differ from those told before (by
// Looked too: what a look has told counts as told). Only a Complete inventory
// says by Gone which stacks are no longer there; the in-progress lane says by
// Gone which of the ids it was asked for are missing, and they are looked up. A
// failed list changes nothing.
type Listed struct {
	At
	Lane     Lane       `json:"lane"`
	Rows     []live.Row `json:"rows,omitempty"`
	Gone     []string   `json:"gone,omitempty"` // stack ids
	Complete bool       `json:"complete,omitempty"`
	Fault    *Fault     `json:"fault,omitempty"`
}

// Looked answers Look: every row of the names asked for, and of the id.
type Looked struct {
	At
	ID    uint64     `json:"id"`
	Rows  []live.Row `json:"rows,omitempty"` // ids asked for and not here are gone
	Fault *Fault     `json:"fault,omitempty"`
}

// PartsRead answers ReadParts.
type PartsRead struct {
	At
	ID    uint64     `json:"id"`
	Parts live.Parts `json:"parts"`
	Fault *Fault     `json:"fault,omitempty"`
}

// Described tells that a driver is up. It comes unasked, at start and after
// each restart.
type Described struct {
	At
	Driver Driver `json:"driver"`
}

// DriverLost tells that a driver is not to be had: its clusters wait, the others
// go on.
type DriverLost struct {
	At
	Name  string `json:"name"`
	Fault Fault  `json:"fault"`
}

// Rendered answers AskRender.
type Rendered struct {
	At
	ID          uint64            `json:"id"`
	Digest      string            `json:"digest,omitempty"`
	Diagnostics []plan.Diagnostic `json:"diagnostics,omitempty"` // an error means: no digest
	Resources   int               `json:"resources,omitempty"`   // in the stack's whole tree, at least; 0: not known
	Fault       *Fault            `json:"fault,omitempty"`
}

// Planned answers AskPlan: the parts the driver needs first, or a plan.
type Planned struct {
	At
	ID    uint64      `json:"id"`
	Need  []live.Part `json:"need,omitempty"`
	Plan  plan.Plan   `json:"plan,omitzero"`
	Fault *Fault      `json:"fault,omitempty"`
}

// Verdict says how a step ended.
type Verdict string

// The verdicts.
const (
	Accepted  Verdict = "accepted"  // the backend has taken the work
	Refused   Verdict = "refused"   // it surely has not
	Stale     Verdict = "stale"     // a precondition failed; nothing was sent
	Ambiguous Verdict = "ambiguous" // it may have been taken
)

// StepEnded answers Do.
type StepEnded struct {
	At
	ID      uint64  `json:"id"`
	Verdict Verdict `json:"verdict"`
	StackID string  `json:"stackID,omitempty"`
	Fault   *Fault  `json:"fault,omitempty"` // set unless accepted

	Pending  bool   `json:"pending,omitempty"`  // an accepted drain that has to be asked again
	WaitsFor string `json:"waitsFor,omitempty"` // what a pending drain waits for
}

// HealthRead answers ReadHealth.
type HealthRead struct {
	At
	ID      uint64            `json:"id"`
	Health  Health            `json:"health"`
	Reasons map[string]string `json:"reasons,omitempty"`
	Nodes   int               `json:"nodes,omitempty"` // ready
	Fault   *Fault            `json:"fault,omitempty"`
}

// Ask is what a person can ask of a fleet.
type Ask string

// The asks.
const (
	Resync  Ask = "resync"  // look at everything now
	Pause   Ask = "pause"   // stop all writes
	Resume  Ask = "resume"  // end a pause
	Approve Ask = "approve" // let what max-creates, replacement or driver-change holds now go
)

// Asked is a person's request.
type Asked struct {
	At
	Ask Ask `json:"ask"`
}

// Moment tells only the time; it answers WakeAt.
type Moment struct{ At }
