package simulation

import (
	"maps"
	"slices"
)

// Counts say how often each thing a run can meet was met.
type Counts map[string]int

func (c Counts) add(what string) { c[what]++ }

// Add adds other's counts.
func (c Counts) Add(other Counts) {
	for what, n := range other {
		c[what] += n
	}
}

// Names lists what was counted.
func (c Counts) Names() []string { return slices.Sorted(maps.Keys(c)) }
