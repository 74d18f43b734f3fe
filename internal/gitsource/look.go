package gitsource

import (
	"context"
	"errors"
	"fmt"
	"os"
	"weak"

	"github.com/go-git/go-git/v5/plumbing"
)

// look finds the present snapshot, with a fresh store where the one at hand
// cannot take it.
func (s *Source) look(ctx context.Context) (*Snapshot, error) {
	snap, err := s.visit(ctx, s.store)
	if errors.Is(err, errStore) {
		s.opts.Logger.Debug("fetching afresh", "url", s.loc.String(), "err", err)
		return s.visit(ctx, nil)
	}
	return snap, err
}

// visit asks the remote what there is, and fetches it into st if that lacks
// it; nil stands for a fresh store.
func (s *Source) visit(ctx context.Context, st *store) (*Snapshot, error) {
	if st != nil && st.damaged.Load() {
		s.opts.Logger.Warn("local store is damaged, fetching afresh", "url", s.loc.String())
		return nil, errStore
	}
	if snap := s.pinned(); st != nil && snap != nil {
		return snap, nil
	}
	rem, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer rem.Close()
	refs, err := rem.references(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.opts.target(refs, s.loc)
	if err != nil {
		return nil, err
	}
	switch {
	case t.object == s.tooBig.object:
		return nil, s.tooBig.err
	case st != nil && s.last != nil && s.last.object == t.object.String():
		return s.last, nil
	}
	snap, err := s.take(ctx, rem, t, st)
	if err != nil && st == nil && errors.Is(err, RepositoryTooBig) {
		// Not again before the reference moves: each try costs the limit.
		s.tooBig.object, s.tooBig.err = t.object, err
	}
	return snap, err
}

// pinned returns the snapshot of a pinned commit that is here already: it
// cannot change, so nobody needs to be asked.
func (s *Source) pinned() *Snapshot {
	if s.opts.Commit != "" && s.last != nil && s.last.object == s.opts.Commit {
		return s.last
	}
	return nil
}

func (s *Source) dial(ctx context.Context) (remote, error) {
	switch s.loc.scheme {
	case "file":
		return openDisk(s.opts, s.loc)
	case "ssh":
		c, err := dialSSH(ctx, s.opts, s.loc)
		if err != nil {
			return nil, err
		}
		return &wire{conversation: c, opts: s.opts, loc: s.loc}, nil
	default:
		c, err := dialHTTP(s.opts, s.loc)
		if err != nil {
			return nil, err
		}
		return &wire{conversation: c, opts: s.opts, loc: s.loc}, nil
	}
}

// take brings a target into the store and lists it.
func (s *Source) take(ctx context.Context, rem remote, t target, st *store) (*Snapshot, error) {
	if st == nil {
		return s.takeAfresh(ctx, rem, t)
	}
	if !st.has(t.object) {
		if err := s.update(ctx, rem, t, st); err != nil {
			return nil, err
		}
	}
	snap, err := s.list(ctx, rem, t, st)
	if err != nil {
		return nil, s.storeError(ctx, err)
	}
	if st.packs() > s.maxPacks {
		return s.compact(ctx, snap), nil
	}
	return snap, nil
}

// update fetches what is new since the commits at hand.
func (s *Source) update(ctx context.Context, rem remote, t target, st *store) error {
	shallows, err := st.shallows()
	if err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	req := request{wants: t.wants, haves: s.haves(st), shallows: shallows, tipOnly: false}
	if len(req.haves) == 0 {
		return errStore
	}
	return s.storeError(ctx, rem.fetch(ctx, req, st))
}

// haves are the revisions whose whole trees are in the store.
func (s *Source) haves(st *store) []plumbing.Hash {
	var out []plumbing.Hash
	for _, snap := range []*Snapshot{s.last, s.good} {
		if snap != nil && snap.content == content(st) {
			out = append(out, plumbing.NewHash(snap.revision.ID))
		}
	}
	return out
}

// storeError tells the errors that a fresh store may cure from those it does
// not. Among the former is a history too big to fetch after a rewrite: the tip
// alone may well fit.
func (s *Source) storeError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	err = classify(ctx, s.loc, s.opts.StateDir, err)
	switch reason, _ := ReasonOf(err); reason {
	case StoreDamaged, RepositoryTooBig, CommitGone, Protocol, StateDir:
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return err
}

// takeAfresh fetches a target into a new store, and moves over to that once
// the whole snapshot is in it.
func (s *Source) takeAfresh(ctx context.Context, rem remote, t target) (*Snapshot, error) {
	st, err := createStore(s.opts.StateDir, s.opts.MaxBytes)
	if err != nil {
		return nil, err
	}
	err = rem.fetch(ctx, request{wants: t.wants, tipOnly: !t.search}, st)
	if err == nil && !st.has(t.object) {
		err = fault(CommitGone, nil, "commit %s is not in the history of any branch or tag of %q", t.object, s.loc)
	}
	var snap *Snapshot
	if err == nil {
		snap, err = s.list(ctx, rem, t, st)
	}
	if err != nil {
		_ = st.close()
		_ = os.RemoveAll(st.dir)
		return nil, err
	}
	s.retire(s.store)
	s.store = st
	return snap, nil
}

func (s *Source) retire(st *store) {
	if st != nil {
		s.retired = append(s.retired, retiredStore{dir: st.dir, store: weak.Make(st)})
	}
}

// compact moves a snapshot to a fresh store, because the one at hand has
// gathered too many packs. It is maintenance: where it fails, the snapshot at
// hand is as good.
func (s *Source) compact(ctx context.Context, snap *Snapshot) *Snapshot {
	fresh, err := s.visit(ctx, nil)
	if err != nil {
		s.opts.Logger.Debug("compacting the local store failed", "url", s.loc.String(), "err", err)
		return snap
	}
	if fresh.revision.ID == snap.revision.ID {
		fresh.revision.Former = snap.revision.Former
	}
	return fresh
}

func (s *Source) list(ctx context.Context, rem remote, t target, st *store) (*Snapshot, error) {
	snap, err := list(ctx, s.opts, st, t.object, s.last)
	if err != nil {
		return nil, err
	}
	snap.source = s
	snap.revision.Former = s.former(ctx, rem, st, snap)
	return snap, nil
}

// former gives the last good revision or, without that, the one seen before, if a
// revision certainly does not descend from it.
func (s *Source) former(ctx context.Context, rem remote, st *store, snap *Snapshot) string {
	base := s.last
	if good, ok := s.LastGood(); ok {
		base = good
	}
	if base == nil {
		return ""
	}
	from, to := plumbing.NewHash(base.revision.ID), plumbing.NewHash(snap.revision.ID)
	yes, known := false, false
	if a, ok := rem.(ancestry); ok {
		yes, known = a.descends(ctx, from, to)
	}
	if !known {
		yes, known = descends(ctx, st.commit, from, to)
	}
	if !known || yes {
		return ""
	}
	return base.revision.ID
}
