package secretstore

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// Owner is the cluster a set belongs to.
type Owner struct{ Fleet, Cluster string }

// String is "fleet/cluster".
func (o Owner) String() string { return o.Fleet + "/" + o.Cluster }

// Set is all secrets of one cluster. It is written once, whole.
type Set struct {
	Owner    Owner
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

// Find gives the version of that name.
func (s Set) Find(name string) (Version, bool) {
	for _, v := range s.Versions {
		if v.Name == name {
			return v, true
		}
	}
	return Version{}, false
}
