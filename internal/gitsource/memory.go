package gitsource

import "github.com/go-git/go-git/v5/plumbing"

// Memory makes a snapshot of files that are held in memory, by path, under the
// rules and default limits of a commit: a revision without a YAML file is an
// error. For simulations and tests; the bytes must not be changed any more.
func Memory(r Revision, content map[string][]byte) (*Snapshot, error) {
	limits := DefaultOptions("", "")
	all := newFiles(limits.MaxFiles)
	held := memory{}
	for path, data := range content {
		if !isYAML(path) {
			continue
		}
		hash := plumbing.ComputeHash(plumbing.BlobObject, data).String()
		if err := all.add(Blob{Path: path, Hash: hash, Size: int64(len(data))}); err != nil {
			return nil, err
		}
		held[hash] = data
	}
	if err := all.done("the revision"); err != nil {
		return nil, err
	}
	return &Snapshot{revision: r, blobs: all.blobs, byHash: all.byHash, content: held, maxFile: limits.MaxFileBytes}, nil
}
