package heat

import "time"

// Code says what kind of trouble an error is. All but [NotFound] and [TooBig]
// are the codes of a round's outcome, spelt the same; [Code.Outcome] maps these
// two.
type Code string

// The codes Classify gives. Capacity and driver are named for those who map
// stack failures and driver faults to the same set.
const (
	Auth        Code = "auth"
	Quota       Code = "quota"
	RateLimit   Code = "rate-limit"
	Conflict    Code = "conflict"
	Dependency  Code = "dependency"
	Capacity    Code = "capacity"
	Driver      Code = "driver"
	Timeout     Code = "timeout"
	Unavailable Code = "unavailable"
	Internal    Code = "internal"
	Config      Code = "config"
	NotFound    Code = "not-found"
	TooBig      Code = "too-big"
)

// Outcome gives the code a round that failed so ends with: a request too big is
// something to configure, a stack that is gone conflicts with what was planned.
func (c Code) Outcome() Code {
	switch c {
	case NotFound:
		return Conflict
	case TooBig:
		return Config
	}
	return c
}

// Who says whose move it is.
type Who string

// Who must act.
const (
	Author   Who = "author"   // of the documents in Git
	Operator Who = "operator" // of heatsync and its project
	Cloud    Who = "cloud"    // whoever runs the OpenStack
	Nobody   Who = "nobody"   // time heals it
)

// Sent says how far a failed request came.
type Sent string

// How far a request came.
const (
	NotSent  Sent = "not-sent" // it surely did not reach Heat
	Maybe    Sent = "maybe"    // Heat may have taken it, or may yet
	Answered Sent = "answered" // Heat, or a proxy, refused it
)

// Fault is what an error means.
type Fault struct {
	Code       Code
	Who        Who
	Remedy     string        // one sentence for Who: what to do
	Sent       Sent          // meaningful for writes
	Transient  bool          // trying the same again may work
	RetryAfter time.Duration // the least wait the other side asked for, 0 for none
}

// Ambiguous tells whether a write that failed so may have been taken, so that
// only a look at the cloud can say.
func (f Fault) Ambiguous() bool { return f.Sent == Maybe }

// Faulter is an error of another package that knows its own Fault.
type Faulter interface {
	error
	Fault() Fault
}
