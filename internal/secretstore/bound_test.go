package secretstore

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestASetIsOfOnePlace(t *testing.T) {
	for name, store := range map[string]Store{"folder": folder(t), "barbican": NewBarbican(newFakeBarbican(t).client())} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			in := func(p Place) *Bound {
				return NewBound(store, func(context.Context) (Place, error) { return p, nil })
			}
			home := in(Place{Project: "p1", Region: "north"})
			if err := home.Put(ctx, set(web, "v1")); err != nil {
				t.Fatal(err)
			}
			for _, p := range []Place{{Project: "p2", Region: "north"}, {Project: "p1", Region: "south"}} {
				abroad := in(p)
				_, err := abroad.Get(ctx, web)
				if told, ok := errors.AsType[*Error](err); !ok || told.Transient || !strings.Contains(err.Error(), "in project p1 in region north, and the fleet is in "+p.String()) {
					t.Errorf("%v", err)
				}
				if err := abroad.Put(ctx, set(web, "v2")); !errors.Is(err, ErrExists) {
					t.Errorf("%v", err)
				}
				if err := abroad.Delete(ctx, web); err == nil {
					t.Error("a set of another place was deleted")
				}
			}
			got, err := home.Get(ctx, web)
			if err != nil || got.Versions[0].ID != "v1" {
				t.Fatalf("%v, %v", got, err)
			}
			for range 2 {
				if err := home.Delete(ctx, web); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := home.Get(ctx, web); !errors.Is(err, ErrNone) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAPlaceThatIsNotKnownChangesNothing(t *testing.T) {
	store, lost := folder(t), errors.New("keystone is away")
	b := NewBound(store, func(context.Context) (Place, error) { return Place{}, lost })
	if err := b.Put(t.Context(), set(web, "v1")); !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
	if err := store.Put(t.Context(), set(web, "v1")); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(t.Context(), web); !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
	if _, err := store.Get(t.Context(), web); err != nil {
		t.Errorf("%v", err)
	}
}
