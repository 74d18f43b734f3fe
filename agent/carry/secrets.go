package carry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

func (c *Carrier) owner(cluster string) secretstore.Owner {
	return secretstore.Owner{Fleet: c.fleet, Cluster: cluster}
}

var errNoStore = &secretstore.Error{Text: "no secret store is configured", Remedy: "configure one: secrets in the config"}

// ReadSecrets reads the ids of a cluster's set.
func (c *Carrier) ReadSecrets(cmd reconcile.ReadSecrets) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.SecretsRead{ID: cmd.ID}
		set, err := c.set(ctx, cmd.Cluster)
		switch {
		case errors.Is(err, secretstore.ErrNone):
			ev.None = true
		case err != nil:
			ev.Fault = c.secretsFault(err)
		}
		for _, v := range set.Versions {
			ev.IDs = append(ev.IDs, reconcile.SecretID{Name: v.Name, ID: v.ID})
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}

func (c *Carrier) set(ctx context.Context, cluster string) (secretstore.Set, error) {
	if c.secrets == nil {
		return secretstore.Set{}, errNoStore
	}
	return c.secrets.Get(ctx, c.owner(cluster))
}

// MakeSecrets makes a whole set and keeps it, unless there is one by now.
func (c *Carrier) MakeSecrets(cmd reconcile.MakeSecrets) Job {
	return c.done(cmd.ID, func(ctx context.Context) error {
		_, err := c.set(ctx, cmd.Cluster)
		if !errors.Is(err, secretstore.ErrNone) {
			return err // there, or nobody knows
		}
		set := secretstore.Set{Owner: c.owner(cmd.Cluster)}
		var credential string
		for _, need := range cmd.Needs {
			v, id, err := c.make(ctx, cmd.Cluster, need)
			if err != nil {
				return c.undo(ctx, cmd.Cluster, credential, err)
			}
			if id != "" {
				credential = id
			}
			set.Versions = append(set.Versions, v)
		}
		return c.keep(ctx, set, credential)
	})
}

// keep writes a set. What is surely in no set afterwards is undone.
func (c *Carrier) keep(ctx context.Context, set secretstore.Set, credential string) error {
	err := c.secrets.Put(ctx, set)
	switch e, told := errors.AsType[*secretstore.Error](err); {
	case err == nil:
		return nil
	case told && e.NotDone:
		return c.undo(ctx, set.Owner.Cluster, credential, err)
	}
	there, read := c.secrets.Get(ctx, set.Owner)
	switch {
	case read == nil && there.Same(set): // an answer was lost
		return nil
	case read == nil, errors.Is(err, secretstore.ErrExists) && errors.Is(read, secretstore.ErrNone): // another agent was first
		return c.undo(ctx, set.Owner.Cluster, credential, nil)
	}
	return err
}

// undo deletes a credential that is surely in no set, and gives back why.
func (c *Carrier) undo(ctx context.Context, cluster, credential string, why error) error {
	if credential == "" {
		return why
	}
	if err := c.issuer.DropCredential(ctx, c.fleet, cluster, credential); err != nil && why == nil {
		return err
	}
	return why
}

// make makes one secret; credential is the id of what Keystone has made for it.
func (c *Carrier) make(ctx context.Context, cluster string, need reconcile.SecretNeed) (v secretstore.Version, credential string, err error) {
	v = secretstore.Version{Name: need.Name, Kind: need.Kind}
	if v.ID, err = c.newID(); err != nil {
		return v, "", err
	}
	switch driver.SecretKind(need.Kind) {
	case driver.SecretCA:
		var ca *pki.CA
		if ca, err = pki.NewCA(cluster, c.now(), pki.DefaultValidity); err == nil {
			v.Value, err = ca.PEM()
		}
	case driver.SecretKey:
		v.Value, err = pki.NewKey()
	case driver.SecretToken:
		var token string
		token, err = pki.NewToken()
		v.Value = []byte(token)
	case driver.SecretCloudCredential:
		v.Value, credential, err = c.issuer.MakeCredential(ctx, c.fleet, cluster)
	default:
		err = &secretstore.Error{Text: fmt.Sprintf("secret %q is of kind %q, which this agent cannot make", need.Name, need.Kind), Remedy: "take an agent of the driver's release"}
	}
	return v, credential, err
}

// DropSecrets removes a cluster's set, then its credentials: a set that is left
// must work, for its cluster may be wanted again. A credential that was cut off
// from its set by a death is looked for too, as far as Keystone lets the agent.
func (c *Carrier) DropSecrets(cmd reconcile.DropSecrets) Job {
	return c.done(cmd.ID, func(ctx context.Context) error {
		set, err := c.set(ctx, cmd.Cluster)
		if err != nil && !errors.Is(err, secretstore.ErrNone) {
			return err
		}
		if err == nil {
			if holdsCredential(set) {
				c.owed.Store(cmd.Cluster, true)
			}
			if err := c.secrets.Delete(ctx, c.owner(cmd.Cluster)); err != nil {
				return err
			}
		}
		err = c.issuer.DropCredentials(ctx, c.fleet, cmd.Cluster)
		if _, owed := c.owed.Load(cmd.Cluster); err != nil && (owed || c.secretsFault(err).Transient) {
			return err
		}
		c.owed.Delete(cmd.Cluster)
		return nil
	})
}

func holdsCredential(s secretstore.Set) bool {
	return slices.ContainsFunc(s.Versions, func(v secretstore.Version) bool { return v.Kind == string(driver.SecretCloudCredential) })
}

// done makes a job that ends well or with a fault.
func (c *Carrier) done(id uint64, work func(context.Context) error) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.SecretsDone{ID: id}
		if err := work(ctx); err != nil {
			ev.Fault = c.secretsFault(err)
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}

// secretsFault tells Keystone's errors from the store's.
func (c *Carrier) secretsFault(err error) *reconcile.Fault {
	if _, ok := errors.AsType[*secretstore.Error](err); ok {
		return secretFault(err)
	}
	f := c.cloud.Fault(err)
	return &f
}

// secretFault is the fault of a store that could not do its work.
func secretFault(err error) *reconcile.Fault {
	f := &reconcile.Fault{Code: reconcile.FaultDependency, Who: reconcile.Operator, Summary: OneLine(err), Transient: true, Remedy: "look at the secret store"}
	if e, ok := errors.AsType[*secretstore.Error](err); ok {
		f.Transient = e.Transient
		if e.Remedy != "" {
			f.Remedy = e.Remedy
		}
	}
	return f
}

// idsOf are the versions as pure calls get them.
func idsOf(ids []reconcile.SecretID) []driver.Secret {
	var out []driver.Secret
	for _, s := range ids {
		out = append(out, driver.Secret{Name: s.Name, ID: s.ID})
	}
	return out
}

// valuesOf reads the values of a step's secrets, for its one call. ok is false
// when the store holds other versions than the step was planned with.
func (c *Carrier) valuesOf(ctx context.Context, cluster string, ids []reconcile.SecretID) (values []driver.Secret, ok bool, err error) {
	if len(ids) == 0 {
		return nil, true, nil
	}
	set, err := c.set(ctx, cluster)
	switch {
	case errors.Is(err, secretstore.ErrNone):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	for _, s := range ids {
		v, found := set.Find(s.Name)
		if !found || v.ID != s.ID {
			return nil, false, nil
		}
		values = append(values, driver.Secret{Name: v.Name, ID: v.ID, Value: v.Value})
	}
	return values, true, nil
}
