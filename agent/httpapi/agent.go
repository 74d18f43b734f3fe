package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// Agent is what the API shows. Methods are called concurrently.
type Agent interface {
	// Fleets gives every fleet by name. It answers within ctx, with a nil Status
	// for a fleet whose loop did not.
	Fleets(ctx context.Context) []Fleet
	// Fleet gives one, and waits for no other: ErrNoFleet.
	Fleet(ctx context.Context, name string) (Fleet, error)
	// Ask brings a person's request: ErrNoFleet, or a *NotKept when it is in
	// force and would not survive a restart.
	Ask(ctx context.Context, fleet string, what reconcile.Ask) error
	Drivers() []Driver
	Config() Config
}

// ErrNoFleet says that the config has no fleet of that name.
var ErrNoFleet = errors.New("no such fleet")

// NotKept says that a request is in force and cannot be written to disk.
type NotKept struct{ Err error }

// Error gives the cause.
func (e *NotKept) Error() string {
	return "in force, but a restart will not know of it: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *NotKept) Unwrap() error { return e.Err }

// Fleet is one fleet as the agent sees it.
type Fleet struct {
	Name       string
	Beat       time.Time // when its loop last turned
	StateError string    // why hints cannot be kept, ""
	Status     *reconcile.FleetStatus
}

// Driver is one candidate of the drivers folder.
type Driver struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256"`
	State    string `json:"state"`
	Up       bool   `json:"up"`
	Restarts int    `json:"restarts"`
	Reason   string `json:"reason"` // why it does not run
}

// Config says how the config in force came to be.
type Config struct {
	File   string    `json:"file"`
	Loaded time.Time `json:"loaded"`
	Error  string    `json:"error"` // why the file on disk is not in force, ""
}
