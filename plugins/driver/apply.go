package driver

import "time"

// Credential lets Apply write to one project, for one step.
type Credential struct {
	Token       string // never logged, never kept
	Expires     time.Time
	Endpoints   map[string]string // service type ("orchestration") to URL
	CABundlePEM []byte            // nil: the system's
	InsecureTLS bool
}

// Precondition is what the plan saw. Apply reads again and answers Stale when it
// no longer holds.
type Precondition struct {
	Absent  bool // no stack of that name
	ID      string
	Status  string
	Digest  string
	Updated time.Time
}

// ApplyInput is one step with all it needs.
type ApplyInput struct {
	Step         string
	Kind         StepKind
	Intent       Intent
	Cluster      Cluster
	StackName    string
	StackID      string   // "" for a create
	Tags         []string // the complete list, written as it is
	Digest       string   // what the render must give; else Stale
	Precondition Precondition
	Credential   Credential
	Secrets      []Secret // with values
	Nodes        []Node   // those of the Step
	API          ClusterAPI
}

// Verdict says how a step ended.
type Verdict int

// The verdicts. Whatever is not surely one of the first three is Ambiguous.
const (
	VerdictUnspecified Verdict = iota
	Accepted                   // the backend has taken the work
	Refused                    // the backend surely did not take it
	Stale                      // a precondition failed; nothing was sent
	Ambiguous                  // it may have been taken
)

// Result is the end of one Apply.
type Result struct {
	Verdict Verdict
	StackID string // set when known
	Fault   Fault  // set unless Accepted

	Pending  bool   // an accepted drain that has not come to its end: it is asked again
	WaitsFor string // what a pending drain waits for, for people
}

// Fault says what went wrong, in the agent's words. Code is one of auth, quota,
// rate-limit, conflict, dependency, capacity, driver, timeout, unavailable,
// internal, config; Who one of author, operator, cloud, nobody.
type Fault struct {
	Code, Who, Summary, Remedy string
	Transient                  bool
	RetryAfter                 time.Duration // whole seconds; 0: the agent's own backoff
}
