package gitsource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"weak"

	"github.com/go-git/go-git/v5/plumbing"
)

// defaultMaxPacks bounds the packs of a store: each fetch adds one, and each is looked
// through for every object.
const defaultMaxPacks = 32

// errStore says that the local store, not the remote, stands in the way: a
// fresh store will do.
var errStore = errors.New("the local store cannot take it")

// Source follows one Git repository. It is safe for concurrent use: one look
// runs at a time, and LastGood never waits for it.
type Source struct {
	opts Options
	loc  location
	busy chan struct{} // holds one token: whoever has it owns all below

	maxPacks int

	store   *store    // where the next fetch goes; nil for a fresh one
	last    *Snapshot // what Latest or, at the start, the record gave
	onDisk  *store    // the one the record names: held so that it is not swept
	retired []retiredStore
	tooBig  struct {
		object plumbing.Hash
		err    error
	}

	kept bool // the record names good

	mu   sync.Mutex
	good *Snapshot
}

// retiredStore is a store that was replaced. Its folder goes when nobody holds
// a snapshot of it any more.
type retiredStore struct {
	dir   string
	store weak.Pointer[store]
}

// Open makes a source ready, with the last good revision if there is one. It
// reads the state folder and no network. It fails only for options that can
// not work; a damaged, unreadable or missing state folder is healed by the
// first look, or reported by it.
func Open(ctx context.Context, opts Options) (*Source, error) {
	opts = opts.withDefaults()
	loc, err := opts.validate()
	if err != nil {
		return nil, fmt.Errorf("git source: %w", err)
	}
	if opts.StateDir, err = filepath.Abs(opts.StateDir); err != nil {
		return nil, fmt.Errorf("git source: %w", err)
	}
	s := &Source{opts: opts, loc: loc, busy: make(chan struct{}, 1), maxPacks: defaultMaxPacks}
	rec, err := readRecord(opts.StateDir)
	if err == nil {
		err = s.restore(ctx, rec)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		opts.Logger.Warn("last good revision cannot be used, starting afresh", "err", err)
	}
	s.clear(rec.Store)
	return s, ctx.Err()
}

// restore brings back the last good revision and proves each of its blobs.
func (s *Source) restore(ctx context.Context, rec record) error {
	if rec.Identity != s.opts.identity() {
		return fmt.Errorf("the last good revision was read with other settings")
	}
	st, err := openStore(filepath.Join(s.opts.StateDir, rec.Store), s.opts.MaxBytes)
	if err != nil {
		return err
	}
	snap, err := list(ctx, s.opts, st, plumbing.NewHash(rec.Object), nil)
	if err != nil {
		return err
	}
	if snap.revision.ID != rec.Revision {
		return fmt.Errorf("object %s is not revision %s", rec.Object, rec.Revision)
	}
	for hash := range snap.byHash {
		if _, err := st.read(hash); err != nil {
			return err
		}
	}
	snap.revision.Former, snap.source = rec.Former, s
	s.store, s.onDisk, s.last, s.good, s.kept = st, st, snap, snap, true
	return nil
}

// clear removes what former processes left, save the last good store. That one
// stays even where it is of no use now: its settings may come back.
func (s *Source) clear(keep string) {
	entries, _ := os.ReadDir(s.opts.StateDir)
	for _, e := range entries {
		name := e.Name()
		if name != keep && (strings.HasPrefix(name, storePrefix) || strings.HasPrefix(name, recordName+".tmp-")) {
			_ = os.RemoveAll(filepath.Join(s.opts.StateDir, name))
		}
	}
}

// LastGood returns the revision accepted last, in this process or a former one.
// It never blocks on a look and reads no network.
func (s *Source) LastGood() (*Snapshot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.good, s.good != nil
}

// Latest looks at the source: it asks for the references and fetches only if
// the followed one has moved. It returns the snapshot of now and whether its
// revision differs from what the source gave before (at the start: the last
// good one). On an error, which is an [*Error] or context.Canceled, there is no
// snapshot, and what was given before stays valid. It blocks for at most the
// timeout.
func (s *Source) Latest(ctx context.Context) (*Snapshot, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	if err := s.acquire(ctx); err != nil {
		return nil, false, classify(ctx, s.loc, s.opts.StateDir, err)
	}
	defer s.release()
	s.sweep()
	s.keepAgain()
	snap, err := s.look(ctx)
	if err != nil {
		return nil, false, classify(ctx, s.loc, s.opts.StateDir, err)
	}
	changed := s.last == nil || s.last.revision.ID != snap.revision.ID
	s.last = snap
	s.healed(snap)
	return snap, changed, nil
}

// healed puts the last good revision that had to be fetched afresh in its own
// place: nobody accepts a revision twice, and the record names the damaged store.
func (s *Source) healed(snap *Snapshot) {
	if s.good == nil || s.good == snap || s.good.revision.ID != snap.revision.ID {
		return
	}
	snap.revision.Former = s.good.revision.Former
	s.mu.Lock()
	s.good = snap
	s.mu.Unlock()
	s.kept = false
	s.keepAgain()
}

// Accept makes a snapshot of this source the last good one, durably. If the
// disk refuses, it is the last good one of this process only, and the error
// says so; each look tries the disk again. Accepting a snapshot again that is kept
// does nothing.
func (s *Source) Accept(ctx context.Context, snap *Snapshot) error {
	if snap == nil || snap.source != any(s) {
		return fmt.Errorf("accept: the snapshot is not one of this source")
	}
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	s.mu.Lock()
	same := s.good == snap
	s.good = snap
	s.mu.Unlock()
	if same && s.kept {
		return nil
	}
	s.kept = false
	if err := s.persist(snap); err != nil {
		return classify(ctx, s.loc, s.opts.StateDir, err)
	}
	return nil
}

// keepAgain brings to the disk what is not on it: a restart without the Git host
// would go back to the revision before.
func (s *Source) keepAgain() {
	if s.good == nil || s.kept {
		return
	}
	if err := s.persist(s.good); err != nil {
		s.opts.Logger.Debug("the last good revision still cannot be kept", "url", s.loc.String(), "err", err)
	}
}

func (s *Source) persist(snap *Snapshot) error {
	st := snap.content.(*store)
	if err := st.sync(); err != nil {
		return err
	}
	err := record{
		Identity: s.opts.identity(), Store: filepath.Base(st.dir), Object: snap.object,
		Revision: snap.revision.ID, Former: snap.revision.Former,
	}.write(s.opts.StateDir)
	if err == nil {
		s.onDisk, s.kept = st, true
	}
	return err
}

// Close lets go of the store's files, once a running look has ended. Snapshots
// stay readable. It is idempotent.
func (s *Source) Close() error {
	s.busy <- struct{}{}
	defer s.release()
	if s.store == nil {
		return nil
	}
	return s.store.close()
}

func (s *Source) acquire(ctx context.Context) error {
	select {
	case s.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Source) release() { <-s.busy }

// sweep removes the folders of replaced stores that nobody holds any more.
func (s *Source) sweep() {
	left := s.retired[:0]
	for _, r := range s.retired {
		if r.store.Value() != nil {
			left = append(left, r)
			continue
		}
		_ = os.RemoveAll(r.dir)
	}
	s.retired = left
}
