package gitsource

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// lister makes a snapshot's list of files from a commit's trees.
type lister struct {
	ctx   context.Context
	opts  Options
	store *store
	// known are sizes of blobs that a former snapshot has looked at, and
	// present says that they are in this store.
	known   map[string]int64
	present bool
	files   *files
}

// read implements content.
func (s *store) read(hash string) ([]byte, error) { return s.blob(plumbing.NewHash(hash)) }

// list makes a snapshot of a commit. Every object it names is in the store, or
// the error is StoreDamaged.
func list(ctx context.Context, opts Options, st *store, object plumbing.Hash, former *Snapshot) (*Snapshot, error) {
	commit, err := st.commit(object)
	if err != nil {
		return nil, err
	}
	l := &lister{ctx: ctx, opts: opts, store: st, files: newFiles(opts.MaxFiles)}
	if former != nil {
		l.known, l.present = former.byHash, former.content == content(st)
	}
	where := fmt.Sprintf("revision %s", commit.Hash)
	if p := opts.subPath(); p != "" {
		where = fmt.Sprintf("path %q of revision %s", p, commit.Hash)
	}
	root, err := l.descend(commit, where)
	if err != nil {
		return nil, err
	}
	if err := l.walk(root, nil, nil); err != nil {
		return nil, err
	}
	if err := l.files.done(where); err != nil {
		return nil, err
	}
	subject, _, _ := strings.Cut(strings.TrimSpace(commit.Message), "\n")
	return &Snapshot{
		revision: Revision{
			ID: commit.Hash.String(), Committed: commit.Committer.When, Subject: subject,
			Author: fmt.Sprintf("%s <%s>", commit.Author.Name, commit.Author.Email),
		},
		blobs: l.files.blobs, skipped: l.files.skipped, byHash: l.files.byHash,
		content: st, maxFile: opts.MaxFileBytes, object: object.String(),
	}, nil
}

// descend goes from the commit's root to the source's path.
func (l *lister) descend(commit *object.Commit, where string) (plumbing.Hash, error) {
	at := commit.TreeHash
	p := l.opts.subPath()
	if p == "" {
		return at, nil
	}
	for part := range strings.SplitSeq(p, "/") {
		entries, err := l.store.tree(at)
		if err != nil {
			return at, err
		}
		found := false
		for _, e := range entries {
			if e.Name == part && e.Mode == filemode.Dir {
				at, found = e.Hash, true
			}
		}
		if !found {
			return at, fault(PathMissing, nil, "%s is not there or not a folder", where)
		}
	}
	return at, nil
}

func (l *lister) walk(tree plumbing.Hash, dir []string, ign ignores) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	entries, err := l.store.tree(tree)
	if err != nil {
		return err
	}
	if ign, err = l.ignored(entries, dir, ign); err != nil {
		return err
	}
	for _, e := range entries {
		at := append(dir[:len(dir):len(dir)], e.Name)
		if hidden(e.Name) || ign.match(at, e.Mode == filemode.Dir) {
			continue
		}
		if err := l.entry(e, at, ign); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) entry(e object.TreeEntry, at []string, ign ignores) error {
	file := strings.Join(at, "/")
	switch {
	case e.Mode == filemode.Dir:
		return l.walk(e.Hash, at, ign)
	case e.Mode == filemode.Symlink:
		l.files.skipped = append(l.files.skipped, file)
		return nil
	case !isFile(e.Mode) || !isYAML(e.Name):
		return nil
	}
	return l.file(e.Hash, file)
}

func (l *lister) file(h plumbing.Hash, file string) error {
	size, seen := l.known[h.String()]
	if !seen || !l.present {
		var err error
		if size, err = l.store.size(h); err != nil {
			return err
		}
	}
	return l.files.add(Blob{Path: file, Hash: h.String(), Size: size})
}

// ignored adds the patterns of the folder's own ignore file.
func (l *lister) ignored(entries []object.TreeEntry, dir []string, ign ignores) (ignores, error) {
	for _, e := range entries {
		if e.Name != l.opts.IgnoreFile || !isFile(e.Mode) {
			continue
		}
		size, err := l.store.size(e.Hash)
		if err != nil {
			return nil, err
		}
		file := strings.Join(append(dir[:len(dir):len(dir)], e.Name), "/")
		if size > l.opts.MaxFileBytes {
			return nil, fileFault(FileTooBig, file, "file %q has %d bytes, over the limit of %d", file, size, l.opts.MaxFileBytes)
		}
		text, err := l.store.blob(e.Hash)
		if err != nil {
			return nil, err
		}
		if err := checkPointer(file, text); err != nil {
			return nil, err
		}
		return ign.with(text, dir), nil
	}
	return ign, nil
}
