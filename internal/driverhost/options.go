package driverhost

import (
	"log/slog"
	"time"
)

// Options of a host. Dir and LockFile are required.
type Options struct {
	Dir      string // where the drivers' files are
	LockFile string // which of them may run

	// SocketDir is the host's alone: it makes it, gives it mode 0700 and clears it of
	// what an earlier host left there. At most 48 bytes, since a socket's path must
	// fit in 104. "": a temporary one.
	SocketDir string

	Logger   *slog.Logger // nil: discard
	Observer Observer     // nil: nobody
	Calls    int          // at once per driver; 0: 16
	Timing   Timing
}

// Observer is told what metrics are made of. Its methods are called concurrently
// and must not block.
type Observer interface {
	// DriverCalled tells of one call. Code is "ok" or a Reason.
	DriverCalled(driver, method string, took time.Duration, code string)
	// DriverUp tells that a driver is ready, or is no longer.
	DriverUp(driver string, up bool)
	// DriverRestarted tells that a driver is to be started again, and after what.
	DriverRestarted(driver string, after Reason)
}

// Timing holds every duration the host goes by. Zero fields have the defaults of
// [DefaultTiming].
type Timing struct {
	Start   time.Duration // from exec to the answer of Describe
	Call    time.Duration // of Describe, Validate, Render and GetAccess
	Plan    time.Duration
	Apply   time.Duration // and of Preview, Observe and CheckHealth: calls that wait for a backend
	Drain   time.Duration // for running calls to end
	Linger  time.Duration // after each of: lifeline closed, SIGTERM
	Ping    time.Duration // between pings
	Pong    time.Duration // for the answer to one
	Misses  int           // pings in a row without an answer: hung
	Backoff time.Duration // before the first restart, then doubling
	Longest time.Duration // between restarts
	Crashes int           // so many within Window open the circuit
	Window  time.Duration
	Rest    time.Duration // while the circuit is open
	Settle  time.Duration // after the last change of a file before it is looked at
	Rescan  time.Duration // between looks at the folder that no change asked for
}

// DefaultTiming is what an agent runs with.
func DefaultTiming() Timing {
	return Timing{
		Start: 10 * time.Second, Call: 10 * time.Second, Plan: 30 * time.Second, Apply: 5 * time.Minute,
		Drain: 20 * time.Second, Linger: 2 * time.Second,
		Ping: 5 * time.Second, Pong: 2 * time.Second, Misses: 3,
		Backoff: 250 * time.Millisecond, Longest: 30 * time.Second,
		Crashes: 5, Window: time.Minute, Rest: time.Minute,
		Settle: 300 * time.Millisecond, Rescan: time.Minute,
	}
}

const defaultCalls = 16

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	if o.Calls <= 0 {
		o.Calls = defaultCalls
	}
	o.Timing = o.Timing.withDefaults()
	return o
}

func (t Timing) withDefaults() Timing {
	def := DefaultTiming()
	for field, value := range map[*time.Duration]time.Duration{
		&t.Start: def.Start, &t.Call: def.Call, &t.Plan: def.Plan, &t.Apply: def.Apply,
		&t.Drain: def.Drain, &t.Linger: def.Linger, &t.Ping: def.Ping, &t.Pong: def.Pong,
		&t.Backoff: def.Backoff, &t.Longest: def.Longest, &t.Window: def.Window, &t.Rest: def.Rest,
		&t.Settle: def.Settle, &t.Rescan: def.Rescan,
	} {
		if *field <= 0 {
			*field = value
		}
	}
	if t.Misses <= 0 {
		t.Misses = def.Misses
	}
	if t.Crashes <= 0 {
		t.Crashes = def.Crashes
	}
	return t
}

type nobody struct{}

func (nobody) DriverCalled(string, string, time.Duration, string) {}
func (nobody) DriverUp(string, bool)                              {}
func (nobody) DriverRestarted(string, Reason)                     {}
