package agent

import (
	"context"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/reconcile"
)

// engine is the policy of one fleet; *reconcile.Engine is one.
type engine interface {
	Handle(reconcile.Event) reconcile.Output
	Status() reconcile.FleetStatus
	Hints() reconcile.Hints
	Snapshot() ([]byte, error)
	// Wants tells whether a step not begun yet is still to be done.
	Wants(reconcile.Do) bool
}

// source is where a fleet's files come from; *gitsource.Source and
// *gitsource.Folder are such.
type source interface {
	carry.Source
	Close() error
}

// cloud is one project; *carry.Project is one.
type cloud interface {
	carry.Cloud
	// Identity names the project for good; an error means that it is not known yet.
	Identity(context.Context) (string, error)
	Close()
}
