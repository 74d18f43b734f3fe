package gitsource

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// DefaultDebounce is how long changes in a folder are gathered before they are
// reported as one.
const DefaultDebounce = 200 * time.Millisecond

// FolderOptions describe a plain local folder as a source. A zero means the
// default.
type FolderOptions struct {
	IgnoreFile   string
	MaxBytes     int64 // of all YAML files together, which are kept in memory
	MaxFileBytes int64
	MaxFiles     int
	Debounce     time.Duration
	// After is the clock the debounce runs on; nil is time.After.
	After  func(time.Duration) <-chan time.Time
	Logger *slog.Logger
}

func (o FolderOptions) withDefaults() FolderOptions {
	o.IgnoreFile = cmp.Or(o.IgnoreFile, DefaultIgnoreFile)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	o.MaxFileBytes = cmp.Or(o.MaxFileBytes, DefaultMaxFileBytes)
	o.MaxFiles = cmp.Or(o.MaxFiles, DefaultMaxFiles)
	o.Debounce = cmp.Or(o.Debounce, DefaultDebounce)
	if o.After == nil {
		o.After = time.After
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Folder is a plain local folder as a source. Symbolic links within it are
// followed to files (as Kubernetes mounts them), never out of it and never to
// folders. It is safe for concurrent use.
type Folder struct {
	dir   string
	opts  FolderOptions
	watch *watch

	mu         sync.Mutex
	last, good *Snapshot
}

// OpenFolder starts to watch a folder. The folder may be missing: Latest says
// so, and sees it when it appears. Close ends the watch.
func OpenFolder(dir string, opts FolderOptions) (*Folder, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, err)
	}
	f := &Folder{dir: abs, opts: opts.withDefaults()}
	if f.watch, err = startWatch(abs, f.opts); err != nil {
		return nil, fault(FolderUnreadable, err, "folder %q cannot be watched", dir)
	}
	return f, nil
}

// Changed delivers a value after something below the folder has changed. It
// holds at most one; Latest tells whether any file that counts is different.
func (f *Folder) Changed() <-chan struct{} { return f.watch.changed }

// Latest reads the folder, and says whether it differs from what it gave
// before. An error is an [*Error] or the context's.
func (f *Folder) Latest(ctx context.Context) (*Snapshot, bool, error) {
	f.watch.cover()
	snap, err := ReadFolder(ctx, f.dir, f.opts)
	if err != nil {
		return nil, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil && f.last.revision.ID == snap.revision.ID {
		return f.last, false, nil
	}
	snap.source, f.last = f, snap
	return snap, true, nil
}

// LastGood returns the snapshot accepted last in this process.
func (f *Folder) LastGood() (*Snapshot, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.good, f.good != nil
}

// Accept makes a snapshot the last good one of this process: a folder has no
// other place to keep it.
func (f *Folder) Accept(_ context.Context, snap *Snapshot) error {
	if snap == nil || snap.source != any(f) {
		return fmt.Errorf("accept: the snapshot is not one of this folder")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.good = snap
	return nil
}

// Close ends the watch. Snapshots stay readable. It is idempotent.
func (f *Folder) Close() error { return f.watch.close() }

// memory is content kept in memory, by hash.
type memory map[string][]byte

func (m memory) read(hash string) ([]byte, error) { return bytes.Clone(m[hash]), nil }

// ReadFolder reads a folder once, without watching it.
func ReadFolder(ctx context.Context, dir string, opts FolderOptions) (*Snapshot, error) {
	opts = opts.withDefaults()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault(FolderUnreadable, innermost(err), "folder %q cannot be read", dir)
	}
	defer root.Close()
	r := &folderReader{
		ctx: ctx, root: root, opts: opts, left: opts.MaxBytes,
		files: newFiles(opts.MaxFiles), content: memory{},
	}
	if err := r.walk(".", nil, nil); err != nil {
		if _, typed := ReasonOf(err); typed || ctx.Err() != nil {
			return nil, err
		}
		return nil, fault(FolderUnreadable, err, "folder %q cannot be read", dir)
	}
	if err := r.files.done(fmt.Sprintf("folder %q", dir)); err != nil {
		return nil, err
	}
	return &Snapshot{
		revision: Revision{ID: r.files.id()}, blobs: r.files.blobs, skipped: r.files.skipped,
		byHash: r.files.byHash, content: r.content, maxFile: opts.MaxFileBytes,
	}, nil
}

// id hashes paths and contents.
func (f *files) id() string {
	sum := sha256.New()
	for _, b := range f.blobs {
		fmt.Fprintf(sum, "%d:%s%s", len(b.Path), b.Path, b.Hash)
	}
	return "dir-" + hex.EncodeToString(sum.Sum(nil))[:40]
}

// folderReader reads below a root that no path or link leads out of.
type folderReader struct {
	ctx     context.Context
	root    *os.Root
	opts    FolderOptions
	left    int64
	files   *files
	content memory
}

func (r *folderReader) walk(dir string, segments []string, ign ignores) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(r.root.FS(), dir)
	if err != nil {
		return err
	}
	if ign, err = r.ignored(segments, ign); err != nil {
		return err
	}
	for _, e := range entries {
		at := append(segments[:len(segments):len(segments)], e.Name())
		if hidden(e.Name()) || ign.match(at, e.IsDir()) {
			continue
		}
		if err := r.entry(e, at, ign); err != nil {
			return err
		}
	}
	return nil
}

func (r *folderReader) entry(e fs.DirEntry, at []string, ign ignores) error {
	name := strings.Join(at, "/")
	switch {
	case e.IsDir():
		return r.walk(name, at, ign)
	case e.Type()&fs.ModeSymlink != 0:
		info, err := r.root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			r.files.skipped = append(r.files.skipped, name)
			return nil
		}
	case !e.Type().IsRegular():
		return nil
	}
	if !isYAML(e.Name()) {
		return nil
	}
	return r.file(name)
}

func (r *folderReader) file(name string) error {
	b, err := r.bytes(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone since it was listed; the watch tells again
	}
	if err != nil {
		return err
	}
	if r.left -= int64(len(b)); r.left < 0 {
		return fault(RepositoryTooBig, nil, "the folder's YAML files are larger than the limit of %d bytes", r.opts.MaxBytes)
	}
	hash := plumbing.ComputeHash(plumbing.BlobObject, b).String()
	if err := r.files.add(Blob{Path: name, Hash: hash, Size: int64(len(b))}); err != nil {
		return err
	}
	r.content[hash] = b
	return nil
}

// ignored adds the patterns of the folder's own ignore file.
func (r *folderReader) ignored(segments []string, ign ignores) (ignores, error) {
	name := strings.Join(append(segments[:len(segments):len(segments)], r.opts.IgnoreFile), "/")
	text, err := r.bytes(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ign, nil
	case err != nil:
		return nil, err
	case int64(len(text)) > r.opts.MaxFileBytes:
		return nil, fileFault(FileTooBig, name, "file %q is over the limit of %d bytes", name, r.opts.MaxFileBytes)
	}
	if err := checkPointer(name, text); err != nil {
		return nil, err
	}
	return ign.with(text, segments), nil
}

// bytes reads a file, of one over the limit one byte more than that.
func (r *folderReader) bytes(name string) ([]byte, error) {
	f, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, r.opts.MaxFileBytes+1))
}
