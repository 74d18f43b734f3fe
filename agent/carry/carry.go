package carry

import (
	"context"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

// Answer makes an event of what a command brought, once its time is known. It is
// called on the goroutine that owns the engine, in the order of the answers.
type Answer func(reconcile.At) reconcile.Event

// Job is a command ready to be carried out. It may block for as long as its
// context lasts. Without an answer there is nothing to tell.
type Job func(context.Context) []Answer

// Carrier carries out the commands of one fleet's engine. The methods that make
// jobs belong to the goroutine that owns the engine; jobs and Step are safe for
// concurrent use.
type Carrier struct {
	fleet    string
	source   Source
	cloud    Cloud
	drivers  Drivers
	progress func(reconcile.Do, string)
	sign     func(ctx context.Context, cluster string) (driver.ClusterAPI, error)
	secrets  Secrets // nil: there is no store
	issuer   Credentials
	consoles consolesRead
	now      func() time.Time
	newID    func() (string, error) // of a version of a secret
	outputs  outputsRead
	owed     sync.Map // clusters whose set is gone and whose credentials may not be

	told *rowsTold
	base sourceBase
}

// New makes the carrier of a fleet. progress hears what a driver says of a step
// under way, from any goroutine; nil is nobody.
func New(fleet string, s Source, c Cloud, d Drivers, progress func(reconcile.Do, string)) *Carrier {
	if progress == nil {
		progress = func(reconcile.Do, string) {}
	}
	out := &Carrier{fleet: fleet, source: s, cloud: c, drivers: d, progress: progress, told: newRowsTold(), newID: secretstore.NewID}
	out.sign = out.clusterClient
	return out
}

// KeepSecrets gives the carrier a store and whoever makes credentials for clusters,
// before the first command. now tells when certificates begin.
func (c *Carrier) KeepSecrets(s Secrets, i Credentials, now func() time.Time) {
	c.secrets, c.issuer, c.now = s, i, now
}

// IDsBy has ids of secrets' versions come from somewhere else than chance, for
// runs that are to be the same each time.
func (c *Carrier) IDsBy(newID func() (string, error)) { c.newID = newID }

// one is the answer of a job that has one.
func one(event func(at reconcile.At) reconcile.Event) []Answer { return []Answer{event} }
