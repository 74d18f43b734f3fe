package driverhost

import "fmt"

// Reason says why a driver does not run or why a call to it failed. The set is
// closed: metrics and pages use it.
type Reason string

// The reasons. Those up to BadLock are known without running anything.
const (
	Missing       Reason = "missing"        // pinned, but there is no such file
	NotPinned     Reason = "not-pinned"     // there is a file, but no pin
	WrongChecksum Reason = "wrong-checksum" // the file is not the pinned one
	Unreadable    Reason = "unreadable"     // the file cannot be read
	NotProgram    Reason = "not-program"    // the file is a script, or no program of this system
	WrongArch     Reason = "wrong-arch"     // a program for another system or processor
	Duplicate     Reason = "duplicate"      // two files or two pins for one driver
	BadName       Reason = "bad-name"       // the file's name holds no driver name
	BadLock       Reason = "bad-lock"       // the lock cannot be read

	Handshake    Reason = "handshake"     // it ended or stayed silent at its start
	Protocol     Reason = "protocol"      // it speaks another major of the contract
	NameMismatch Reason = "name-mismatch" // it calls itself other than its file
	BadReply     Reason = "bad-reply"     // it answered what the contract does not allow
	Crashed      Reason = "crashed"       // its process ended
	Hung         Reason = "hung"          // it did not answer and was killed
	CircuitOpen  Reason = "circuit-open"  // it crashed too often and rests
	Deadline     Reason = "deadline"      // one call took too long
	Panicked     Reason = "panicked"      // one call panicked, the process lives
	Unsupported  Reason = "unsupported"   // it lacks the call
	Failed       Reason = "failed"        // it answered with an error
	Stopped      Reason = "stopped"       // the host is closing
)

// Error is what went wrong with one driver, on one line with what to do.
type Error struct {
	Driver string
	Reason Reason
	Detail string // what was seen
	Remedy string // what to do; "": nothing but wait
	Err    error  // the cause, may be nil
}

func (e *Error) Error() string {
	text := fmt.Sprintf("driver %q: %s", e.Driver, e.Detail)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// lasting tells whether starting the same bytes again would end the same way.
func (e *Error) lasting() bool {
	switch e.Reason {
	case Handshake, Crashed, Hung, Deadline, Failed, Panicked, Stopped, CircuitOpen:
		return false
	default:
		return true
	}
}
