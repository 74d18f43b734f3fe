package carry

import (
	"context"
	"testing"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile"
)

// onlySource has one snapshot.
type onlySource struct{ snap *gitsource.Snapshot }

func (s onlySource) Latest(context.Context) (*gitsource.Snapshot, bool, error) {
	return s.snap, true, nil
}
func (s onlySource) LastGood() (*gitsource.Snapshot, bool)             { return nil, false }
func (s onlySource) Accept(context.Context, *gitsource.Snapshot) error { return nil }

func TestARevisionSaysWhatItDoesNotDescendFrom(t *testing.T) {
	snap, err := gitsource.Memory(gitsource.Revision{ID: "new", Former: "old"}, map[string][]byte{"a.yaml": []byte("a: 1\n")})
	if err != nil {
		t.Fatal(err)
	}
	c := New("prod", onlySource{snap}, nil, nil, nil)
	for _, answer := range c.ReadSource()(t.Context()) {
		if r, ok := answer(reconcile.At{}).(reconcile.Revision); !ok || r.ID != "new" || r.Former != "old" || len(r.Changed) != 1 {
			t.Errorf("%+v", r)
		}
	}
}
