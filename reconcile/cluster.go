package reconcile

import (
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// cluster is what the engine remembers of one cluster between events. Desired
// and live are not in it: they are looked up. All of it but the open command, the
// creates in doubt and what it was settled with could be forgotten and found again.
type cluster struct {
	Name string `json:"name"`

	Said  said      `json:"said"`           // how the last round ended
	Next  time.Time `json:"next,omitzero"`  // when to look again; zero: at the next event
	Open  *open     `json:"open,omitempty"` // the one command on its way
	Retry retry     `json:"retry,omitzero"`

	Secrets secretsOf  `json:"secrets,omitzero"`
	Render  render     `json:"render,omitzero"`
	Parts   partsOf    `json:"parts,omitzero"`
	Plan    plannedFor `json:"plan,omitzero"`
	Run     *run       `json:"run,omitempty"` // our last step, until its end is seen
	Drain   draining   `json:"drain,omitzero"`
	Contest contest    `json:"contest,omitzero"`

	Doubt    time.Time     `json:"doubt,omitzero"`     // a create may still be taken until then
	Confirm  bool          `json:"confirm,omitempty"`  // look up name and id before anything else
	Known    string        `json:"known,omitempty"`    // id of the stack it had
	Sure     bool          `json:"sure,omitempty"`     // a look by name and id has found that there is no stack
	Stranger string        `json:"stranger,omitempty"` // mark of a stack of our name whose description says that it is not ours
	Owed     bool          `json:"owed,omitempty"`     // a look by name is owed before a create
	Working  working       `json:"working,omitzero"`
	Settled  settledAs     `json:"settled,omitzero"`
	Deep     deep          `json:"deep,omitzero"`
	Facts    plan.Facts    `json:"facts,omitzero"`
	Health   healthOf      `json:"health,omitzero"`
	Drift    []plan.Change `json:"drift,omitempty"`

	SettledRevision string `json:"settledRevision,omitempty"`
	PlannedRevision string `json:"plannedRevision,omitempty"`
	Approved        string `json:"approved,omitempty"` // key of the plan a person let through the replacement guards
}

// said is how a round ended, for people.
type said struct {
	Outcome Outcome   `json:"outcome,omitempty"`
	Code    Code      `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
	Who     Who       `json:"who,omitempty"`
	Remedy  string    `json:"remedy,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
}

// open is the command a cluster waits for.
type open struct {
	ID    uint64     `json:"id"`
	Kind  openKind   `json:"kind"`
	Key   string     `json:"key,omitempty"` // what the answer will be about
	Asked time.Time  `json:"asked"`
	Step  *plan.Step `json:"step,omitempty"`
	Run   *run       `json:"run,omitempty"` // becomes cluster.Run when the step is accepted
	Names []string   `json:"names,omitempty"`
	Stack string     `json:"stack,omitempty"`
}

type openKind string

const (
	openLook    openKind = "look"
	openParts   openKind = "parts"
	openRender  openKind = "render"
	openPlan    openKind = "plan"
	openDo      openKind = "do"
	openHealth  openKind = "health"
	openSecrets openKind = "secrets"
	openMake    openKind = "make-secrets"
	openDrop    openKind = "drop-secrets"
)

// render is a driver's answer, for one spec and one executable.
type render struct {
	Key         string            `json:"key,omitempty"`
	Digest      string            `json:"digest,omitempty"`
	Diagnostics []plan.Diagnostic `json:"diagnostics,omitempty"`
	Resources   int               `json:"resources,omitempty"`
}

// partsOf is what was read of one state of a stack.
type partsOf struct {
	Row   string     `json:"row,omitempty"` // mark of the row they belong to
	Parts live.Parts `json:"parts,omitzero"`
	Other bool       `json:"other,omitempty"` // the last that came were of another state
}

// plannedFor is a driver's plan, for one question.
type plannedFor struct {
	Key   string      `json:"key,omitempty"`
	Asked int         `json:"asked,omitempty"` // times this question was put, each with more parts
	Need  []live.Part `json:"need,omitempty"`
	Plan  plan.Plan   `json:"plan,omitzero"`
	Told  bool        `json:"told,omitempty"` // its finding is out
}

// run is a step the backend has taken.
type run struct {
	Kind       plan.StepKind `json:"kind"`
	Title      string        `json:"title"`
	Digest     string        `json:"digest"` // the tag to be read back
	Disruption plan.Effect   `json:"disruption,omitempty"`
	StackID    string        `json:"stackID,omitempty"`
	Began      time.Time     `json:"began"`
	Seen       bool          `json:"seen,omitempty"`  // Heat shows it
	Hangs      bool          `json:"hangs,omitempty"` // Heat works on it past its time
	Before     time.Time     `json:"before,omitzero"` // updated_time when it was planned
	Was        live.Status   `json:"was,omitzero"`    // status when it was planned
	Had        string        `json:"had,omitempty"`   // digest the stack carried when it was planned
	Looks      int           `json:"looks,omitempty"`
	Revision   string        `json:"revision,omitempty"`
	SpecHash   string        `json:"specHash,omitempty"`
	Driver     string        `json:"driver,omitempty"`
}

// working is an action of Heat that was seen under way.
type working struct {
	Mark      string    `json:"mark,omitempty"` // stack, action and updated_time
	Since     time.Time `json:"since,omitzero"` // first seen, by the engine's own clock
	Recovered int       `json:"recovered,omitempty"`
}

// settledAs is the state in which a cluster was last known to hold its spec.
type settledAs struct {
	StackID  string    `json:"stackID,omitempty"`
	Digest   string    `json:"digest,omitempty"`
	Updated  time.Time `json:"updated,omitzero"`
	SpecHash string    `json:"specHash,omitempty"`
	Driver   string    `json:"driver,omitempty"` // its build
	Fresh    bool      `json:"fresh,omitempty"`  // our own write, not compared since
}

func (s settledAs) holds(r live.Row, digest string) bool {
	return s.StackID == r.ID && s.Digest == digest && s.Updated.Equal(r.Updated)
}

// deep is the state of the deep checks of one cluster.
type deep struct {
	Now  bool      `json:"now,omitempty"` // asked for: compare in full at the next round
	Last time.Time `json:"last,omitzero"`
}

// healthOf is the last health that was read.
type healthOf struct {
	Health  Health            `json:"health,omitempty"`
	Reasons map[string]string `json:"reasons,omitempty"`
	At      time.Time         `json:"at,omitzero"`
	Since   time.Time         `json:"since,omitzero"` // when it became what it is
}
