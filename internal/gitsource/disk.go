package gitsource

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// disk is a repository on a local disk, bare or with a work tree. Its objects
// are read directly: no git binary, nothing written to it. What a revision
// needs is copied to the store, so the last good revision survives whatever
// happens to the repository.
type disk struct {
	opts Options
	loc  location
	repo *git.Repository
}

var (
	_ remote   = (*disk)(nil)
	_ ancestry = (*disk)(nil)
)

func openDisk(opts Options, loc location) (*disk, error) {
	repo, err := git.PlainOpenWithOptions(loc.path, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	switch {
	case err == nil:
		return &disk{opts: opts, loc: loc, repo: repo}, nil
	case errors.Is(err, git.ErrRepositoryNotExists), errors.Is(err, fs.ErrNotExist):
		return nil, fault(RepositoryGone, nil, "repository %q is not there", loc)
	case errors.Is(err, git.ErrUnsupportedExtensionRepositoryFormatVersion),
		errors.Is(err, git.ErrUnsupportedRepositoryFormatVersion), errors.Is(err, git.ErrUnknownExtension):
		return nil, fault(Unsupported, err, "repository %q has a format that is not supported", loc)
	case errors.Is(err, fs.ErrPermission):
		return nil, fault(AuthRefused, nil, "repository %q cannot be read with the agent's rights", loc)
	}
	return nil, fault(Protocol, err, "open repository %q", loc)
}

func (d *disk) references(context.Context) (*references, error) {
	refs := &references{named: map[string]plumbing.Hash{}, anyCommit: true}
	iter, err := d.repo.References()
	if err != nil {
		return nil, err
	}
	err = iter.ForEach(func(r *plumbing.Reference) error {
		if r.Type() == plumbing.HashReference {
			refs.named[r.Name().String()] = r.Hash()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if head, err := d.repo.Head(); err == nil {
		refs.named["HEAD"] = head.Hash()
	}
	return refs, d.peel(refs, plumbing.NewTagReferenceName(d.opts.Tag).String())
}

// peel replaces an annotated tag by the commit it names, which is what is copied.
func (d *disk) peel(refs *references, tag string) error {
	h, ok := refs.named[tag]
	if !ok {
		return nil
	}
	commit, err := resolve(d.repo.Storer, h)
	if err != nil {
		return err
	}
	refs.named[tag] = commit.Hash
	return nil
}

func (d *disk) has(h plumbing.Hash) bool { return d.repo.Storer.HasEncodedObject(h) == nil }

func (d *disk) fetch(ctx context.Context, req request, into *store) error {
	c := &closure{ctx: ctx, from: d, into: into, seen: map[plumbing.Hash]bool{}, left: d.opts.MaxBytes}
	for _, want := range req.wants {
		if !d.has(want) {
			return fault(CommitGone, nil, "commit %s is not in repository %q", want, d.loc)
		}
		if err := c.revision(want); err != nil {
			return err
		}
	}
	if len(c.objects) == 0 {
		return nil
	}
	return into.add(func(w io.Writer) error {
		_, err := packfile.NewEncoder(w, d.repo.Storer, false).Encode(c.objects, 0)
		return err
	}, func() []plumbing.Hash { return c.commits })
}

func (d *disk) descends(ctx context.Context, base, tip plumbing.Hash) (yes, known bool) {
	return descends(ctx, d.repo.CommitObject, base, tip)
}

// Close implements io.Closer.
func (d *disk) Close() error {
	if c, ok := d.repo.Storer.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// closure gathers the objects of revisions that a store lacks.
type closure struct {
	ctx     context.Context
	from    *disk
	into    *store
	seen    map[plumbing.Hash]bool
	left    int64
	objects []plumbing.Hash
	commits []plumbing.Hash
}

func (c *closure) revision(h plumbing.Hash) error {
	commit, err := resolve(c.from.repo.Storer, h)
	if err != nil {
		return err
	}
	if !c.into.has(commit.Hash) {
		c.commits = append(c.commits, commit.Hash)
	}
	if err := c.take(commit.Hash); err != nil {
		return err
	}
	return c.tree(commit.TreeHash)
}

func (c *closure) tree(h plumbing.Hash) error {
	if c.seen[h] {
		return nil
	}
	if err := c.take(h); err != nil {
		return err
	}
	t, err := object.GetTree(c.from.repo.Storer, h)
	if err != nil {
		return err
	}
	for _, e := range t.Entries {
		switch {
		case e.Mode == filemode.Dir:
			err = c.tree(e.Hash)
		case e.Mode != filemode.Submodule:
			err = c.take(e.Hash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take lists an object for copying unless the store has it.
func (c *closure) take(h plumbing.Hash) error {
	if c.seen[h] {
		return nil
	}
	c.seen[h] = true
	if c.into.has(h) {
		return c.ctx.Err()
	}
	size, err := c.from.repo.Storer.EncodedObjectSize(h)
	if err != nil {
		return err
	}
	if c.left -= size; c.left < 0 {
		return fault(RepositoryTooBig, nil, "repository %q is larger than the limit of %d bytes", c.from.loc, c.from.opts.MaxBytes)
	}
	c.objects = append(c.objects, h)
	return c.ctx.Err()
}
