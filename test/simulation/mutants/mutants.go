// Package mutants lists deliberate defects of the engine, of what carries its
// commands out, of the way to Heat, of heatstack and of the drivers' host, and writes copies of the
// sources that have them, each behind a condition on the mutant that a run
// chooses. A promise of the simulation that catches none of them proves little;
// a mutant that no promise catches shows what the simulation cannot see.
//
// The copies take the sources' place by go build -overlay, in a binary of the
// build tag mutants. The sources themselves have no hooks. A text that a mutant
// changes and that is no longer found, or found twice, is an error.
package mutants

import "slices"

// Mutant is one defect.
type Mutant struct {
	Name   string
	Says   string // what is wrong, in a sentence
	Places []Place
}

// Place is one text of a source, and what stands in its stead: Go code in which
// the word MUTANT is true when the mutant is chosen, so that the code is the
// source's own when it is not.
type Place struct {
	File string // below the module's root
	Find string // found exactly once
	Put  string
}

// All lists all mutants.
func All() []Mutant {
	return slices.Concat(ownership, source, guards, steps, pace, sight, heat, driver, crew, host)
}
