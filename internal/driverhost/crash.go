package driverhost

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Crash tells of the end of a driver's process that nobody asked for.
type Crash struct {
	Driver, Version, SHA256 string
	PID                     int
	Started, Ended          time.Time
	Ending                  string   // "exit status 2", "signal: killed"
	Hung                    bool     // it did not answer and we killed it
	Calls                   []string // that ran: method and cluster
	Panic                   []string // from its head
	Stderr                  []string // the last 200 lines
}

// Err says it on one line.
func (c Crash) Err() *Error {
	e := &Error{Driver: c.Driver, Reason: Crashed, Detail: "its process ended, " + c.Ending, Remedy: "it is started again"}
	if c.Hung {
		e.Reason, e.Detail = Hung, "it did not answer and was killed"
	}
	if len(c.Panic) > 0 {
		e.Detail += fmt.Sprintf("; it said %q", c.Panic[0])
	}
	return e
}

// oneLine folds a message of several lines, as go-plugin makes them.
func oneLine(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\n") {
		return err
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}
