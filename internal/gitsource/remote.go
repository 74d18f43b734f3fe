package gitsource

import (
	"context"
	"io"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"
)

// remote is one visit to a repository: ask what there is, then at most once
// fetch from it. A remote is used by one goroutine.
type remote interface {
	// references returns what the repository holds now.
	references(ctx context.Context) (*references, error)
	// fetch writes the objects of a request into the store.
	fetch(ctx context.Context, req request, into *store) error
	io.Closer
}

// ancestry is the power of a remote to tell descent by itself.
type ancestry interface {
	// descends says whether tip descends from base, and whether it can tell.
	descends(ctx context.Context, base, tip plumbing.Hash) (yes, known bool)
}

// references are the named objects of a repository.
type references struct {
	named map[string]plumbing.Hash // by full name, HEAD included
	// anyCommit: the server gives out any commit that is asked for by hash.
	anyCommit bool
}

// request says what to fetch.
type request struct {
	wants []plumbing.Hash
	// haves are commits whose whole trees the store holds.
	haves []plumbing.Hash
	// shallows are the commits of the store whose parents it lacks.
	shallows []plumbing.Hash
	// tipOnly asks for the wanted commits without their history, where the
	// server can do that.
	tipOnly bool
}

// target is what the options ask for, found in the references.
type target struct {
	object plumbing.Hash // what the reference points at: a commit or a tag
	wants  []plumbing.Hash
	// search: the object must be looked for in the history of wants.
	search bool
}

func (o Options) target(refs *references, loc location) (target, error) {
	if len(refs.named) == 0 {
		return target{}, fault(RepositoryEmpty, nil, "repository %q has no commits", loc)
	}
	name, missing := "HEAD", fault(BranchGone, nil, "repository %q has no default branch: its HEAD names none that exists", loc)
	switch {
	case o.Commit != "":
		return commitTarget(plumbing.NewHash(o.Commit), refs), nil
	case o.Branch != "":
		name = plumbing.NewBranchReferenceName(o.Branch).String()
		missing = fault(BranchGone, nil, "branch %q is not in repository %q", o.Branch, loc)
	case o.Tag != "":
		name = plumbing.NewTagReferenceName(o.Tag).String()
		missing = fault(TagGone, nil, "tag %q is not in repository %q", o.Tag, loc)
	}
	object, ok := refs.named[name]
	if !ok {
		return target{}, missing
	}
	return target{object: object, wants: []plumbing.Hash{object}}, nil
}

// commitTarget finds the cheapest way to a pinned commit. Servers give out
// commits that no reference points at only if they say so; else the history
// of all references has to be searched.
func commitTarget(commit plumbing.Hash, refs *references) target {
	t := target{object: commit, wants: []plumbing.Hash{commit}}
	if refs.anyCommit {
		return t
	}
	seen := map[plumbing.Hash]bool{}
	var all []plumbing.Hash
	for _, hash := range refs.named {
		if hash == commit {
			return t
		}
		if !seen[hash] {
			seen[hash] = true
			all = append(all, hash)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].String() < all[j].String() })
	return target{object: commit, wants: all, search: true}
}
