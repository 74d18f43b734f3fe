package spec

import (
	"cmp"
	"fmt"
)

// Drift says what is done about a stack that somebody changed.
type Drift string

// The ways to meet drift.
const (
	Correct Drift = "correct" // put it right
	Report  Drift = "report"  // say so, change nothing
)

// Fleet holds the policies of one fleet: the one Fleet document of its source.
type Fleet struct {
	Name       string  `json:"name"`
	Drift      Drift   `json:"drift"`
	MaxDeletes int     `json:"maxDeletes"` // more clusters asked away at once than that: none goes
	Rollout    Rollout `json:"rollout"`
}

// Rollout bounds how a change spreads.
type Rollout struct {
	MaxConcurrent int `json:"maxConcurrent"` // clusters changed at one time, at least 1
}

func fleetOf(d *Document) Fleet {
	s := d.root.child("spec")
	return Fleet{
		Name:       d.Name,
		Drift:      Drift(s.text("drift", string(Correct))),
		MaxDeletes: s.number("maxDeletes", defaultMaxDeletes),
		Rollout:    Rollout{MaxConcurrent: s.child("rollout").number("maxConcurrent", defaultMaxConcurrent)},
	}
}

// Fleet gives the fleet's policies. With no Fleet document, several, one of
// another name or one with errors the diagnostics say so, and the whole source
// is in error: nothing may be written then.
func (s *Set) Fleet() (Fleet, []Diagnostic) {
	complain := func(d *Document, summary, remedy string) []Diagnostic {
		return []Diagnostic{{
			Severity: Error, Code: CodeFleet, Path: d.Path, Line: d.Line, Column: d.Column, Field: "metadata.name",
			Summary: summary, Remedy: remedy,
		}}
	}
	if len(s.fleets) == 0 {
		return Fleet{}, []Diagnostic{s.noFleet("write one: apiVersion " + APIVersion + ", kind Fleet, metadata.name " + cmp.Or(s.fleet, "the fleet's name"))}
	}
	d := s.fleets[0]
	switch {
	case len(s.fleets) > 1:
		var all []Diagnostic
		for i, d := range s.fleets {
			other := s.fleets[0]
			if i == 0 {
				other = s.fleets[1]
			}
			all = append(all, complain(d, fmt.Sprintf("there are %d Fleet documents, another in %s:%d", len(s.fleets), other.Path, other.Line), "keep one of them")...)
		}
		return Fleet{}, all
	case d.Broken:
		return Fleet{}, d.Diagnostics
	case s.fleet != "" && d.Name != s.fleet:
		return Fleet{}, complain(d, fmt.Sprintf("the fleet is called %q here and %q in the agent's configuration", d.Name, s.fleet), "use one name in both")
	}
	return fleetOf(d), nil
}
