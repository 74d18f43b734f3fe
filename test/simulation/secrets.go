package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
)

// vault is the secret store of all fleets of a run, and the Keystone that makes
// their clusters' credentials. A call that is killed before it arrives does nothing;
// one that is killed later has done it.
type vault struct {
	w           *world
	sets        map[secretstore.Owner]secretstore.Set
	lost        map[secretstore.Owner]secretstore.Set // sets that somebody deleted, for the people to bring back
	lostAt      map[secretstore.Owner]time.Time
	credentials map[secretstore.Owner][]string // ids
	trouble     vaultTrouble
	until       time.Time // of the trouble
	ids         int
	writes      int // while answers are lost
}

// vaultTrouble is what a vault has.
type vaultTrouble string

// The troubles, "" is none.
const (
	vaultDown      vaultTrouble = "down"        // nothing is done
	vaultSilent    vaultTrouble = "no answer"   // every other write is done, and nobody is told
	vaultSlow      vaultTrouble = "slow"        // each call takes half a minute
	vaultReadsOnly vaultTrouble = "not written" // reads go, writes surely do not
)

var vaultTroubles = []vaultTrouble{vaultDown, vaultSilent, vaultSlow, vaultReadsOnly}

func newVault(w *world) *vault {
	return &vault{w: w, sets: map[secretstore.Owner]secretstore.Set{}, lost: map[secretstore.Owner]secretstore.Set{}, lostAt: map[secretstore.Owner]time.Time{}, credentials: map[secretstore.Owner][]string{}}
}

// newID names versions and credentials in the order they are made.
func (v *vault) newID() (string, error) {
	v.ids++
	return fmt.Sprintf("%032x", v.ids), nil
}

func (v *vault) has(t vaultTrouble) bool { return v.trouble == t && v.w.now.Before(v.until) }

// call passes a call's time and its trouble; do is what arrives.
func (v *vault) call(writes bool, do func() error) error {
	way := v.w.latency(300 * time.Millisecond)
	if v.has(vaultSlow) {
		way = 15 * time.Second
	}
	if !v.w.sleep(way) {
		return errKilled
	}
	switch {
	case v.has(vaultDown):
		return &secretstore.Error{Text: "the store is down", Transient: true}
	case writes && v.has(vaultReadsOnly):
		return &secretstore.Error{Text: "the store takes no writes", Transient: true, NotDone: true}
	}
	err := do()
	if !v.w.sleep(way) {
		return errKilled
	}
	if writes && v.has(vaultSilent) {
		v.writes++
	}
	if writes && v.has(vaultSilent) && v.writes%2 == 0 {
		return &secretstore.Error{Text: "the store did not answer", Transient: true}
	}
	return err
}

// Get implements carry.Secrets.
func (v *vault) Get(_ context.Context, o secretstore.Owner) (set secretstore.Set, err error) {
	err = v.call(false, func() error {
		s, ok := v.sets[o]
		if !ok {
			return secretstore.ErrNone
		}
		set = s
		return nil
	})
	return set, err
}

// Put implements carry.Secrets.
func (v *vault) Put(_ context.Context, s secretstore.Set) error {
	return v.call(true, func() error {
		if _, ok := v.sets[s.Owner]; ok {
			return secretstore.ErrExists
		}
		v.sets[s.Owner] = s
		v.w.count("secrets: made")
		return nil
	})
}

// Delete implements carry.Secrets.
func (v *vault) Delete(_ context.Context, o secretstore.Owner) error {
	return v.call(true, func() error {
		v.w.dropping(o)
		if _, ok := v.sets[o]; ok {
			v.w.count("secrets: dropped")
		}
		delete(v.sets, o)
		return nil
	})
}

// MakeCredential implements carry.Credentials.
func (v *vault) MakeCredential(_ context.Context, fleet, cluster string) (text []byte, id string, err error) {
	o := secretstore.Owner{Fleet: fleet, Cluster: cluster}
	err = v.call(true, func() error {
		id, _ = v.newID()
		text = []byte(`{"id":"` + id + `"}`)
		v.credentials[o] = append(v.credentials[o], id)
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return text, id, nil
}

// DropCredential implements carry.Credentials.
func (v *vault) DropCredential(_ context.Context, fleet, cluster, id string) error {
	o := secretstore.Owner{Fleet: fleet, Cluster: cluster}
	return v.call(true, func() error {
		v.w.undoing(o, id)
		v.credentials[o] = without(v.credentials[o], id)
		return nil
	})
}

// DropCredentials implements carry.Credentials.
func (v *vault) DropCredentials(_ context.Context, fleet, cluster string) error {
	o := secretstore.Owner{Fleet: fleet, Cluster: cluster}
	return v.call(true, func() error {
		v.w.undoing(o, v.credentials[o]...)
		delete(v.credentials, o)
		delete(v.lost, o) // nobody wants them back
		return nil
	})
}

func without(all []string, one string) []string {
	var out []string
	for _, x := range all {
		if x != one {
			out = append(out, x)
		}
	}
	return out
}

// ids gives what pure calls know a cluster's set by.
func (v *vault) idsOf(o secretstore.Owner) []driver.Secret {
	var out []driver.Secret
	for _, s := range v.sets[o].Versions {
		out = append(out, driver.Secret{Name: s.Name, ID: s.ID})
	}
	return out
}

// lacks tells whether a cluster has a set that was made for another driver.
func (v *vault) lacks(o secretstore.Owner) bool {
	s, ok := v.sets[o]
	_, cloud := s.Find(crewCloud)
	return ok && !cloud
}

// lose takes a set away, as somebody does who clears up.
func (v *vault) lose(o secretstore.Owner) {
	if s, ok := v.sets[o]; ok {
		v.lost[o], v.lostAt[o] = s, v.w.now
		delete(v.sets, o)
		v.w.count("secrets: lost")
	}
}

// restore brings back what was lost, where nothing is in its place.
func (v *vault) restore() {
	for o, s := range v.lost {
		if _, ok := v.sets[o]; !ok {
			v.sets[o] = s
		}
		delete(v.lost, o)
	}
}

// calm ends its trouble, and what is lost is there again.
func (v *vault) calm() {
	v.until = time.Time{}
	v.restore()
}
