package mutants

import "time"

// Quarry is what a hunt for one mutant, or for none, brought: a binary of mutants
// writes it as JSON.
type Quarry struct {
	Promise string // the first that was broken, "" for none
	Where   string // the seed or case
	Text    string // what was wrong
	Runs    int    // scenarios that were run
	Took    time.Duration
}
