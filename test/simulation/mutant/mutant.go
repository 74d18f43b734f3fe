//go:build mutants

// Package mutant says which deliberate defect a binary of mutants plays. It
// exists under the build tag alone, and only the mutated copies of the sources
// import it: what ships knows nothing of it.
package mutant

import "os"

// Environment is the variable that chooses the mutant of a test binary.
const Environment = "HEATSYNC_TEST_MUTANT"

var chosen = os.Getenv(Environment)

// Choose has the process play the mutant of that name from now on, none for "".
// It is called before anything else runs.
func Choose(name string) { chosen = name }

// Is tells whether the mutant of that name is played.
func Is(name string) bool { return chosen == name }
