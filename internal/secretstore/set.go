package secretstore

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
)

// Owner is the cluster a set belongs to.
type Owner struct{ Fleet, Cluster string }

// String is "fleet/cluster".
func (o Owner) String() string { return o.Fleet + "/" + o.Cluster }

// Set is all secrets of one cluster. It is written once, whole.
type Set struct {
	Owner    Owner
	Place    Place
	Versions []Version
}

// Version is one secret of a set. It prints, logs and marshals without its value.
type Version struct {
	Name  string // as the driver's Describe names it
	Kind  string // ca, key, token, cloud-credential
	ID    string // random; what renders and digests know it by
	Value []byte // text
}

// NewID makes a version's id: 128 random bits in hex.
func NewID() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// Same tells whether two sets are one: of the same versions, by id.
func (s Set) Same(o Set) bool {
	return s.Owner == o.Owner && slices.EqualFunc(s.Versions, o.Versions, func(x, y Version) bool { return x.Name == y.Name && x.ID == y.ID })
}

// Find gives the version of that name.
func (s Set) Find(name string) (Version, bool) {
	for _, v := range s.Versions {
		if v.Name == name {
			return v, true
		}
	}
	return Version{}, false
}
