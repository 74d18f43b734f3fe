package secretstore

import (
	"context"
	"errors"
)

// Store keeps sets. All calls may block on a disk or a network, and are safe for
// concurrent use, also by several agents. Errors name the owner, and hold no value.
type Store interface {
	// Get gives the set of a cluster; ErrNone when it surely has none.
	Get(context.Context, Owner) (Set, error)
	// Put writes a set that is not there yet; ErrExists when one is, which stays
	// as it is. After any other error that does not say NotDone the set may be
	// there, or may come.
	Put(context.Context, Set) error
	// Delete removes a set; one that is not there is removed already.
	Delete(context.Context, Owner) error
}

// What a store answers that is no failure of its own.
var (
	ErrNone   = errors.New("there is no such set of secrets")
	ErrExists = errors.New("there is a set of secrets already")
)

// Error is a store that could not do its work. Its text is one line, the cause
// last.
type Error struct {
	Text      string
	Remedy    string
	Transient bool // it may pass by itself
	NotDone   bool // of a Put: the set surely was not written, and will not be
	Err       error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text + ": " + e.Err.Error()
	}
	return e.Text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
