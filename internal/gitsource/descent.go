package gitsource

import (
	"context"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// maxDescent bounds how many commits are looked at to tell descent.
const maxDescent = 100_000

// descends says whether tip is base or descends from it. It is known only if
// base was met, or the whole history of tip could be walked without meeting it.
func descends(ctx context.Context, commit func(plumbing.Hash) (*object.Commit, error), base, tip plumbing.Hash) (yes, known bool) {
	seen := map[plumbing.Hash]bool{tip: true}
	whole := true
	for queue := []plumbing.Hash{tip}; len(queue) > 0; queue = queue[1:] {
		h := queue[0]
		if h == base {
			return true, true
		}
		if len(seen) > maxDescent || ctx.Err() != nil {
			return false, false
		}
		c, err := commit(h)
		if err != nil {
			whole = false // the edge of a shallow store
			continue
		}
		for _, p := range c.ParentHashes {
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return false, whole
}
