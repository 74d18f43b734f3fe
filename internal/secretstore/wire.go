package secretstore

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// wireScheme goes up when older agents could not read what is written.
const wireScheme = 1

// wire is a set as the stores keep it.
type wire struct {
	Scheme   int           `json:"heatsync"`
	Fleet    string        `json:"fleet"`
	Cluster  string        `json:"cluster"`
	Project  string        `json:"project"`
	Region   string        `json:"region"`
	Versions []wireVersion `json:"versions"`
}

type wireVersion struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Value string `json:"value"` // text, to be short: Barbican takes 10,000 bytes in its defaults of old
}

func encode(s Set) ([]byte, error) {
	w := wire{Scheme: wireScheme, Fleet: s.Owner.Fleet, Cluster: s.Owner.Cluster, Project: s.Place.Project, Region: s.Place.Region, Versions: []wireVersion{}}
	for _, v := range s.Versions {
		if !utf8.Valid(v.Value) {
			return nil, errors.New("the value of secret " + v.Name + " is not text")
		}
		w.Versions = append(w.Versions, wireVersion{Name: v.Name, Kind: v.Kind, ID: v.ID, Value: string(v.Value)})
	}
	return json.Marshal(w)
}

// decode reads a set of that owner. What encoding/json says is left out: it could
// quote some of a value.
func decode(text []byte, o Owner) (Set, error) {
	var w wire
	switch err := json.Unmarshal(text, &w); {
	case err != nil || w.Scheme == 0:
		return Set{}, errors.New("it is not a set of secrets that heatsync wrote")
	case w.Scheme > wireScheme:
		return Set{}, errors.New("a later heatsync wrote it")
	case w.Fleet != o.Fleet || w.Cluster != o.Cluster:
		return Set{}, errors.New("it is the set of " + Owner{w.Fleet, w.Cluster}.String())
	}
	s := Set{Owner: o, Place: Place{Project: w.Project, Region: w.Region}}
	for _, v := range w.Versions {
		s.Versions = append(s.Versions, Version{Name: v.Name, Kind: v.Kind, ID: v.ID, Value: []byte(v.Value)})
	}
	return s, nil
}
