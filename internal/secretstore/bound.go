package secretstore

import (
	"context"
	"errors"
	"fmt"
)

// Place is where a cluster's stack lives. Another project of the same name is
// another place.
type Place struct{ Project, Region string }

// String is for people.
func (p Place) String() string {
	if p.Region == "" {
		return "project " + p.Project
	}
	return "project " + p.Project + " in region " + p.Region
}

// Bound is a store of one place's clusters. A fleet that is pointed at another
// cloud finds no stacks there: without this their sets, and the credentials of
// clusters that live, would be taken for what is left of clusters that are gone.
type Bound struct {
	store Store
	place func(context.Context) (Place, error)
}

var _ Store = (*Bound)(nil)

// NewBound binds a store. place is asked at each call.
func NewBound(s Store, place func(context.Context) (Place, error)) *Bound {
	return &Bound{store: s, place: place}
}

// Get implements Store; a set of another place is an *Error.
func (b *Bound) Get(ctx context.Context, o Owner) (Set, error) {
	set, err := b.store.Get(ctx, o)
	if err != nil {
		return Set{}, err
	}
	here, err := b.place(ctx)
	if err != nil {
		return Set{}, err
	}
	if set.Place != here {
		return Set{}, &Error{
			Text:   fmt.Sprintf("the secrets of %s are those of a cluster in %s, and the fleet is in %s", o, set.Place, here),
			Remedy: "point the fleet at the cloud where the cluster is, or call the fleet or the cluster by another name",
		}
	}
	return set, nil
}

// Put implements Store; the set is this place's.
func (b *Bound) Put(ctx context.Context, s Set) error {
	var err error
	if s.Place, err = b.place(ctx); err != nil {
		return err
	}
	return b.store.Put(ctx, s)
}

// Delete implements Store; a set of another place stays.
func (b *Bound) Delete(ctx context.Context, o Owner) error {
	_, err := b.Get(ctx, o)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.store.Delete(ctx, o)
}
