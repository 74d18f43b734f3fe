package gitsource

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

const (
	storePrefix = "store-"
	cacheBytes  = 8 << 20
)

// store is a bare object store in a folder of its own. go-git's storage is not
// safe even for concurrent reads, so every use goes through the lock.
type store struct {
	dir      string
	maxBytes int64        // of one fetch
	damaged  atomic.Bool  // something that should be there could not be read
	reads    atomic.Int64 // blobs read, for tests

	mu sync.Mutex
	st *filesystem.Storage
}

func createStore(parent string, maxBytes int64) (*store, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, storePrefix)
	if err != nil {
		return nil, err
	}
	s := open(dir, maxBytes)
	if err := s.st.Init(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// openStore opens a store a former process left, and clears away what that
// one may have left half-written.
func openStore(dir string, maxBytes int64) (*store, error) {
	packs := filepath.Join(dir, "objects", "pack")
	entries, err := os.ReadDir(packs)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if name := e.Name(); halfWritten(packs, name) {
			// A leftover that stays (read-only disk) does no harm.
			_ = os.Remove(filepath.Join(packs, name))
		}
	}
	return open(dir, maxBytes), nil
}

func halfWritten(packs, name string) bool {
	if base, ok := strings.CutSuffix(name, ".idx"); ok {
		_, err := os.Stat(filepath.Join(packs, base+".pack"))
		return os.IsNotExist(err)
	}
	return strings.HasPrefix(name, "tmp_pack_") || strings.HasPrefix(name, "incoming-")
}

func open(dir string, maxBytes int64) *store {
	fs := osfs.New(dir, osfs.WithBoundOS())
	return &store{dir: dir, maxBytes: maxBytes, st: filesystem.NewStorageWithOptions(fs, cache.NewObjectLRU(cacheBytes),
		filesystem.Options{KeepDescriptors: true, ExclusiveAccess: false})}
}

// add takes a pack into the store, and notes which of its commits came without
// their parents. The pack is written to a file first, without holding the lock,
// so that readers never wait for a network.
func (s *store) add(write func(io.Writer) error, shallows func() []plumbing.Hash) error {
	f, err := os.CreateTemp(filepath.Join(s.dir, "objects", "pack"), "incoming-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := weigh(f, s.maxBytes); err != nil {
		return badPack(err)
	}
	return s.index(f, shallows())
}

func (s *store) index(pack io.Reader, shallows []plumbing.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := packfile.UpdateObjectStorage(s.st, pack); err != nil {
		return badPack(err)
	}
	if len(shallows) == 0 {
		return nil
	}
	known, err := s.st.Shallow()
	if err != nil {
		return err
	}
	return s.st.SetShallow(append(known, shallows...))
}

// badPack blames the server for a pack that cannot be read, unless the disk is
// at fault or the blame is laid already.
func badPack(err error) error {
	if _, typed := ReasonOf(err); typed || isDisk(err) {
		return err
	}
	return fault(Protocol, innermost(err), "the pack that was received cannot be read")
}

func (s *store) shallows() ([]plumbing.Hash, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.Shallow()
}

func (s *store) has(h plumbing.Hash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.HasEncodedObject(h) == nil
}

// commit resolves a commit, or a tag of tags of one.
func (s *store) commit(h plumbing.Hash) (*object.Commit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := resolve(s.st, h)
	return c, s.broken(err)
}

func (s *store) tree(h plumbing.Hash) ([]object.TreeEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := object.GetTree(s.st, h)
	if err != nil {
		return nil, s.broken(fmt.Errorf("tree %s: %w", h, err))
	}
	return t.Entries, nil
}

func (s *store) size(h plumbing.Hash) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.st.EncodedObjectSize(h)
	if err != nil {
		return 0, s.broken(fmt.Errorf("size of blob %s: %w", h, err))
	}
	return n, nil
}

// broken marks an error of reading as the store's fault.
func (s *store) broken(err error) error {
	if _, typed := ReasonOf(err); err == nil || typed {
		return err
	}
	return fault(StoreDamaged, err, "the local store cannot be read")
}

// blob reads a blob and checks it against its hash.
func (s *store) blob(h plumbing.Hash) ([]byte, error) {
	b, err := s.readBlob(h)
	if err == nil && plumbing.ComputeHash(plumbing.BlobObject, b) != h {
		err = fmt.Errorf("its content has another hash")
	}
	if err != nil {
		s.damaged.Store(true)
		return nil, fault(StoreDamaged, err, "blob %s cannot be read from the local store", h)
	}
	return b, nil
}

func (s *store) readBlob(h plumbing.Hash) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads.Add(1)
	o, err := s.st.EncodedObject(plumbing.BlobObject, h)
	if err != nil {
		return nil, err
	}
	r, err := o.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// packs counts the packs, one per fetch.
func (s *store) packs() int {
	found, _ := filepath.Glob(filepath.Join(s.dir, "objects", "pack", "*.pack"))
	return len(found)
}

// sync brings the store onto the disk: after it, a power cut loses nothing.
func (s *store) sync() error {
	packs := filepath.Join(s.dir, "objects", "pack")
	files, err := filepath.Glob(filepath.Join(packs, "pack-*"))
	if err != nil {
		return err
	}
	for _, name := range append(files, packs, filepath.Dir(packs), s.dir) {
		if err := syncFile(name); err != nil {
			return err
		}
	}
	return nil
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// close lets go of the files. Reads after it open them again.
func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.Close()
}

// resolve follows tags to the commit they name.
func resolve(st storer.EncodedObjectStorer, h plumbing.Hash) (*object.Commit, error) {
	const most = 10 // a tag of a tag is rare, ten deep is a joke
	for range most {
		o, err := st.EncodedObject(plumbing.AnyObject, h)
		if err != nil {
			return nil, fmt.Errorf("object %s: %w", h, err)
		}
		switch o.Type() {
		case plumbing.CommitObject:
			return object.DecodeCommit(st, o)
		case plumbing.TagObject:
			tag, err := object.DecodeTag(st, o)
			if err != nil {
				return nil, err
			}
			h = tag.Target
		default:
			return nil, fault(CommitGone, nil, "object %s is a %s, not a commit", h, o.Type())
		}
	}
	return nil, fault(CommitGone, nil, "object %s is a tag of a tag more than %d deep", h, most)
}

// isFile says whether a tree entry is a plain file; links and submodules are not.
func isFile(m filemode.FileMode) bool {
	return m == filemode.Regular || m == filemode.Executable || m == filemode.Deprecated
}
