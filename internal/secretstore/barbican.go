package secretstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
)

// Barbican keeps each set in one secret of the project's key manager, found by
// its name, heatsync/FLEET/CLUSTER.
type Barbican struct {
	connect func(context.Context) (*gophercloud.ServiceClient, error)
}

var _ Store = (*Barbican)(nil)

// NewBarbican makes a store of a key manager, which connect gives at each call.
func NewBarbican(connect func(context.Context) (*gophercloud.ServiceClient, error)) *Barbican {
	return &Barbican{connect: connect}
}

const payloadType = "text/plain"

// Get implements Store: two requests.
func (b *Barbican) Get(ctx context.Context, o Owner) (Set, error) {
	c, found, err := b.find(ctx, o)
	switch {
	case err != nil:
		return Set{}, err
	case len(found) == 0:
		return Set{}, ErrNone
	case len(found) > 1:
		return Set{}, &Error{
			Text:   fmt.Sprintf("the secrets of %s are there twice: %s and %s", o, idOf(found[0]), idOf(found[1])),
			Remedy: "find out which one the cluster was made with and delete the other: openstack secret delete",
		}
	}
	r := secrets.GetPayload(ctx, c, idOf(found[0]), secrets.GetPayloadOpts{PayloadContentType: payloadType})
	if r.Err != nil {
		return Set{}, failed(o, "read", r.Err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return Set{}, failed(o, "read", err)
	}
	s, err := decode(text, o)
	if err != nil {
		return Set{}, &Error{Text: fmt.Sprintf("the secrets of %s (secret %s) cannot be used", o, idOf(found[0])), Remedy: "restore the secret's payload from your backup", Err: err}
	}
	return s, nil
}

// Put implements Store. Barbican lets two secrets have one name, so after the
// write it is looked whether it is alone: of two agents, whoever looks last sees
// the other's and takes its own away. Both may, never neither; their times of
// creation do not matter, which may be equal, or of two clocks.
func (b *Barbican) Put(ctx context.Context, s Set) error {
	c, found, err := b.find(ctx, s.Owner)
	switch {
	case err != nil:
		return notDone(err)
	case len(found) > 0:
		return ErrExists
	}
	text, err := encode(s)
	if err != nil {
		return &Error{Text: "the secrets of " + s.Owner.String() + " cannot be kept", Err: err, NotDone: true}
	}
	made, err := secrets.Create(ctx, c, secrets.CreateOpts{
		Name: nameOf(s.Owner), SecretType: secrets.OpaqueSecret, Payload: string(text), PayloadContentType: payloadType,
	}).Extract()
	if err != nil {
		return unwritten(s.Owner, err)
	}
	if _, found, err = b.find(ctx, s.Owner); err != nil {
		return err
	}
	if len(found) > 1 {
		if err := secrets.Delete(ctx, c, idOf(*made)).ExtractErr(); err != nil {
			return failed(s.Owner, "removed", err)
		}
		return ErrExists
	}
	return nil
}

// Delete implements Store.
func (b *Barbican) Delete(ctx context.Context, o Owner) error {
	c, found, err := b.find(ctx, o)
	if err != nil {
		return err
	}
	for _, s := range found {
		err := secrets.Delete(ctx, c, idOf(s)).ExtractErr()
		if err != nil && !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
			return failed(o, "removed", err)
		}
	}
	return nil
}

// find gives the secrets of the owner's name, the oldest first.
func (b *Barbican) find(ctx context.Context, o Owner) (*gophercloud.ServiceClient, []secrets.Secret, error) {
	c, err := b.connect(ctx)
	if err != nil {
		return nil, nil, &Error{Text: "the secrets of " + o.String() + " cannot be read", Remedy: "look at the key manager (Barbican) of the fleet's cloud", Err: err, Transient: true}
	}
	page, err := secrets.List(c, secrets.ListOpts{Name: nameOf(o)}).AllPages(ctx)
	if err != nil {
		return nil, nil, failed(o, "read", err)
	}
	all, err := secrets.ExtractSecrets(page)
	if err != nil {
		return nil, nil, failed(o, "read", errors.New("what answers is not Barbican"))
	}
	found := slices.DeleteFunc(all, func(s secrets.Secret) bool { return s.Name != nameOf(o) })
	slices.SortFunc(found, func(x, y secrets.Secret) int {
		if d := x.Created.Compare(y.Created); d != 0 {
			return d
		}
		return strings.Compare(idOf(x), idOf(y))
	})
	return c, found, nil
}

func nameOf(o Owner) string { return "heatsync/" + o.Fleet + "/" + o.Cluster }

// idOf is the last part of a secret's address.
func idOf(s secrets.Secret) string { return path.Base(s.SecretRef) }

// unwritten is the error of a create. Barbican itself takes nothing that it answers
// with 4xx; after anything else, a proxy's too, it may be writing still.
func unwritten(o Owner, err error) error {
	told := failed(o, "written", err)
	answer, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err)
	if ok && answer.Actual/100 == 4 && answer.Actual != http.StatusRequestTimeout {
		return notDone(told)
	}
	return told
}

// failed says what a request ended with, by its status alone: an answer could
// repeat what was sent.
func failed(o Owner, what string, err error) error {
	e := &Error{
		Text: fmt.Sprintf("the secrets of %s cannot be %s in Barbican", o, what), Remedy: "look at the key manager (Barbican) of the fleet's cloud",
		Transient: true, Err: err,
	}
	answer, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err)
	if !ok {
		return e
	}
	e.Err = fmt.Errorf("it answered %d %s", answer.Actual, http.StatusText(answer.Actual))
	switch answer.Actual {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Remedy = "give the agent's user the role creator (and member) on the project"
	case http.StatusRequestEntityTooLarge:
		e.Remedy = "raise Barbican's max_allowed_secret_in_bytes to 20000"
	}
	return e
}
