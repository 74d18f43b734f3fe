package gitsource

import (
	"io"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// unpackFactor is how many times its limit on the wire a fetch may unpack to.
const unpackFactor = 4

// weigh reads a pack through without keeping anything, and refuses one whose
// objects are too big to be indexed in memory: a gigabyte of zeros is a
// megabyte on the wire. No single object may unpack to more than maxBytes.
func weigh(pack io.ReadSeeker, maxBytes int64) error {
	s := packfile.NewScanner(pack)
	_, objects, err := s.Header()
	if err != nil {
		return err
	}
	var total int64
	for range objects {
		h, err := s.NextObjectHeader()
		if err != nil {
			return err
		}
		total += h.Length
		if h.Length > maxBytes || total > unpackFactor*maxBytes {
			return fault(RepositoryTooBig, nil, "the repository unpacks to more than the limit of %d bytes allows", maxBytes)
		}
		if _, _, err := s.NextObject(io.Discard); err != nil {
			return err
		}
	}
	_, err = pack.Seek(0, io.SeekStart)
	return err
}
