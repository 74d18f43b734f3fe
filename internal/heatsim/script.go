package heatsim

import (
	"path"
	"sync"
)

// Rule is one line of a Script.
type Rule struct {
	Method string // empty: any
	Path   string // a path.Match pattern over the path below /v1/{project} or /identity; empty: any
	// From and Times bound the matches it acts on: from the From-th
	// (counted from 1; 0 means the first) and Times of them (0: all).
	From, Times int
	Effect      Effect

	seen int
}

// Script is a Faults that goes through its rules in order; the first one that
// acts decides. It is safe for concurrent use.
type Script struct {
	mu    sync.Mutex
	rules []*Rule
}

// NewScript makes a script of rules.
func NewScript(rules ...Rule) *Script {
	s := &Script{}
	s.Add(rules...)
	return s
}

// Add appends rules, also while the cloud serves.
func (s *Script) Add(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		s.rules = append(s.rules, &r)
	}
}

// Clear drops all rules.
func (s *Script) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// Next counts the request against each rule it matches.
func (s *Script) Next(x Exchange) Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.Method != "" && r.Method != x.Method {
			continue
		}
		if r.Path != "" {
			if ok, err := path.Match(r.Path, x.Path); err != nil || !ok {
				continue
			}
		}
		r.seen++
		first := max(r.From, 1)
		if r.seen < first || (r.Times > 0 && r.seen >= first+r.Times) {
			continue
		}
		return r.Effect
	}
	return Effect{}
}

// FaultFunc is a Faults made of a function.
type FaultFunc func(Exchange) Effect

// Next calls f.
func (f FaultFunc) Next(x Exchange) Effect { return f(x) }
