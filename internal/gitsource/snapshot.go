package gitsource

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Revision says what a snapshot is of.
type Revision struct {
	// ID is the full commit hash, or "dir-" and a hash over paths and
	// contents for a folder.
	ID string
	// Committed, Author ("name <email>") and Subject (the message's first
	// line) come from the commit; they are zero for a folder.
	Committed time.Time
	Author    string
	Subject   string
	// Former is the last good commit (or, before there is one, the one seen
	// before) where this one does not descend from it: somebody pushed with
	// force, or moved a tag. Empty where it does, or that cannot be known.
	Former string
}

// Blob is one YAML file of a snapshot.
type Blob struct {
	// Path is relative to the source's path, with slashes.
	Path string
	// Hash is Git's name for the content: equal hash, equal bytes.
	Hash string
	// Size is in bytes.
	Size int64
}

// content reads blobs by hash; safe for concurrent use.
type content interface {
	read(hash string) ([]byte, error)
}

// Snapshot is one revision's YAML files. It is immutable, safe for concurrent
// use and readable for as long as it is held, even after the source has moved
// on or was closed.
type Snapshot struct {
	revision Revision
	blobs    []Blob
	skipped  []string
	byHash   map[string]int64 // size of each blob
	content  content
	maxFile  int64 // bytes that are given of a file, and one more

	source any    // whose it is
	object string // what the reference pointed at
}

// Revision returns what the snapshot is of.
func (s *Snapshot) Revision() Revision { return s.revision }

// Blobs returns the YAML files (*.yaml, *.yml) sorted by path. The caller owns
// the slice.
func (s *Snapshot) Blobs() []Blob { return slices.Clone(s.blobs) }

// Skipped returns the paths that look like YAML files or folders but were not
// read: symbolic links. The caller owns the slice.
func (s *Snapshot) Skipped() []string { return slices.Clone(s.skipped) }

// Read returns a blob's content by its hash. Of a file over the limit that is its
// beginning, one byte longer than the limit. The caller owns the bytes. It
// reads the local disk, not the network, and checks what it read against the
// hash; a [StoreDamaged] error is healed by the source's next look.
func (s *Snapshot) Read(hash string) ([]byte, error) {
	if _, ok := s.byHash[hash]; !ok {
		return nil, fmt.Errorf("revision %s has no blob %q", s.revision.ID, hash)
	}
	b, err := s.content.read(hash)
	if int64(len(b)) > s.maxFile+1 {
		b = bytes.Clone(b[:s.maxFile+1])
	}
	return b, err
}

// Diff says what differs from old to new by path and hash: the blobs that are
// new or have another content, and the paths that are no more. Both are sorted
// by path. Either snapshot may be nil, which is one without files. A file that
// was moved is a removed path and a changed blob with a hash known before.
func Diff(old, new *Snapshot) (changed []Blob, removed []string) {
	var before, after []Blob
	if old != nil {
		before = old.blobs
	}
	if new != nil {
		after = new.blobs
	}
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(after) == 0 || (len(before) > 0 && before[0].Path < after[0].Path):
			removed = append(removed, before[0].Path)
			before = before[1:]
		case len(before) == 0 || after[0].Path < before[0].Path:
			changed = append(changed, after[0])
			after = after[1:]
		default:
			if before[0].Hash != after[0].Hash {
				changed = append(changed, after[0])
			}
			before, after = before[1:], after[1:]
		}
	}
	return changed, removed
}
