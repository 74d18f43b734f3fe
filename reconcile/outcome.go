package reconcile

// Outcome says how a round ended. Outcome says whether the cloud holds what Git
// asks; whether the cluster works is its health, and the two never mix.
type Outcome string

// The outcomes.
const (
	Settled  Outcome = "settled"  // the cloud holds what Git asks
	Waiting  Outcome = "waiting"  // something is under way
	Held     Outcome = "held"     // policy stands in the way
	Retrying Outcome = "retrying" // a transient fault
	Stalled  Outcome = "stalled"  // a person must act
)

// Outcomes lists them all, for metrics and docs.
var Outcomes = []Outcome{Settled, Waiting, Held, Retrying, Stalled}

// Code is the reason within an outcome.
type Code string

// The codes of Waiting.
const (
	WaitCreate    Code = "create"
	WaitUpdate    Code = "update"
	WaitDelete    Code = "delete"
	WaitDrain     Code = "drain"
	WaitAmbiguous Code = "ambiguous" // a create that may still be taken
	WaitSettleIn  Code = "settle-in" // creates of an agent that starts without hints
	WaitReadOnly  Code = "read-only" // planned, and this agent does not write
	WaitObserve   Code = "observe"   // the engine has asked and has no answer yet
)

// The codes of Held.
const (
	HeldSuspended    Code = "suspended"
	HeldPaused       Code = "paused"
	HeldOrphan       Code = "orphan"
	HeldRollout      Code = "rollout"
	HeldMaxDeletes   Code = "max-deletes"
	HeldMaxCreates   Code = "max-creates"
	HeldReplacement  Code = "replacement"   // putting drift right would replace what runs
	HeldDriverChange Code = "driver-change" // another build of the driver would disturb what runs
	HeldSecret       Code = "secret"
	HeldUnreadable   Code = "unreadable"
	HeldDrift        Code = "drift" // the fleet reports drift and leaves it
)

// The codes of Retrying and Stalled; FaultConfig is of Stalled alone.
const (
	FaultAuth        Code = "auth"
	FaultQuota       Code = "quota"
	FaultRateLimit   Code = "rate-limit"
	FaultConflict    Code = "conflict"
	FaultDependency  Code = "dependency"
	FaultCapacity    Code = "capacity"
	FaultDriver      Code = "driver"
	FaultTimeout     Code = "timeout"
	FaultUnavailable Code = "unavailable"
	FaultInternal    Code = "internal"
	FaultConfig      Code = "config"
)

// Who must act.
type Who string

// Those who can act.
const (
	Author   Who = "author"   // edits the YAML
	Operator Who = "operator" // runs this agent
	Cloud    Who = "cloud"    // runs the OpenStack
	Nobody   Who = "nobody"   // it will pass
)

// Fault is what went wrong, classified once at the edge that knows.
type Fault struct {
	Code       Code   `json:"code"`
	Who        Who    `json:"who"`
	Summary    string `json:"summary"` // one line, stable for the same problem
	Remedy     string `json:"remedy,omitempty"`
	Transient  bool   `json:"transient,omitempty"`
	RetryAfter int    `json:"retryAfter,omitempty"` // seconds; 0: the engine's own backoff
}
