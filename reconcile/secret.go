package reconcile

import (
	"slices"
	"strings"
	"time"
)

// SecretNeed is a secret that the clusters of a driver need.
type SecretNeed struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// SecretID is one version of a secret as the engine knows it: never its value.
type SecretID struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// ReadSecrets asks for the ids of a cluster's secrets: answered by SecretsRead.
type ReadSecrets struct {
	ID      uint64 `json:"id"`
	Cluster string `json:"cluster"`
}

// MakeSecrets asks for a cluster's whole set of secrets to be made and kept,
// unless there is one: answered by SecretsDone.
type MakeSecrets struct {
	ID      uint64       `json:"id"`
	Cluster string       `json:"cluster"`
	Needs   []SecretNeed `json:"needs"`
}

// DropSecrets asks for a cluster's set to be removed, and what it opens with it;
// one that is not there is removed already: answered by SecretsDone.
type DropSecrets struct {
	ID      uint64 `json:"id"`
	Cluster string `json:"cluster"`
}

// SecretsRead answers ReadSecrets.
type SecretsRead struct {
	At
	ID    uint64     `json:"id"`
	IDs   []SecretID `json:"ids,omitempty"`
	None  bool       `json:"none,omitempty"` // the store surely has no set of this cluster
	Fault *Fault     `json:"fault,omitempty"`
}

// SecretsDone answers MakeSecrets and DropSecrets.
type SecretsDone struct {
	At
	ID    uint64 `json:"id"`
	Fault *Fault `json:"fault,omitempty"`
}

func (ReadSecrets) command() {}
func (MakeSecrets) command() {}
func (DropSecrets) command() {}

// secretsOf is what is known of a cluster's set. The zero value is: nothing.
type secretsOf struct {
	Read    bool       `json:"read,omitempty"`
	IDs     []SecretID `json:"ids,omitempty"`
	None    bool       `json:"none,omitempty"`
	At      time.Time  `json:"at,omitzero"`
	Dropped bool       `json:"dropped,omitempty"` // since the cluster was asked away
}

// lacks names the needs that the set has no version of.
func (s secretsOf) lacks(needs []SecretNeed) []string {
	var out []string
	for _, n := range needs {
		if !slices.ContainsFunc(s.IDs, func(v SecretID) bool { return v.Name == n.Name }) {
			out = append(out, n.Name)
		}
	}
	return out
}

// unmadeID stands for the id of a secret that is made when its stack is: what is
// planned with it is never carried out.
const unmadeID = "unmade"

// unmade tells whether the cluster's secrets are still to be made.
func (s *subject) unmade() bool {
	return len(s.driver.Driver.Secrets) > 0 && (s.c.Secrets.None || s.outgrown())
}

// outgrown tells of a set that was made for a stack that never came, and lacks what
// the driver needs by now: another, or of another release.
func (s *subject) outgrown() bool {
	known := s.c.Secrets.Read && !s.c.Secrets.None
	return known && s.want.Adopt == nil && !s.owned.exists() && len(s.c.Secrets.lacks(s.driver.Driver.Secrets)) > 0
}

// secrets are the ids that driver and digest get, nil for a driver without any.
func (s *subject) secrets() []SecretID {
	if !s.unmade() {
		if len(s.driver.Driver.Secrets) == 0 {
			return nil
		}
		return s.c.Secrets.IDs
	}
	var out []SecretID
	for _, n := range s.driver.Driver.Secrets {
		out = append(out, SecretID{Name: n.Name, ID: unmadeID})
	}
	return out
}

// secretsKey is the part of a render's and a plan's key that their ids are.
func (s *subject) secretsKey() string {
	var b strings.Builder
	for _, v := range s.secrets() {
		b.WriteString(" " + v.Name + "=" + v.ID)
	}
	return b.String()
}

func namesOf(needs []SecretNeed) string {
	names := make([]string, len(needs))
	for i, n := range needs {
		names[i] = n.Name
	}
	return strings.Join(names, ", ")
}
