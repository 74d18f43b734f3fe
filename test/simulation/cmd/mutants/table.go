package main

import (
	"fmt"
	"sync"

	"github.com/heatsync/heatsync/test/simulation/mutants"
)

// table tells what the hunts brought, line by line as they end. It is safe for
// concurrent use.
type table struct {
	says map[string]string

	mu                       sync.Mutex
	caught, survived, failed int
	clean                    int // runs without a mutant that found nothing
}

func newTable(all []mutants.Mutant) *table {
	t := &table{says: map[string]string{}}
	for _, m := range all {
		t.says[m.Name] = m.Says
	}
	return t
}

// tell adds a line: the mutant, what caught it, where, and at what cost.
func (t *table) tell(name string, q mutants.Quarry, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cost := fmt.Sprintf("%5d runs %6.1f s", q.Runs, q.Took.Seconds())
	switch {
	case err != nil:
		t.failed++
		fmt.Printf("%-24s FAILED   %v\n", orNone(name), err)
	case none(name) && q.Promise == "":
		t.clean++
		fmt.Printf("%-24s %-18s %-15s %s\n", orNone(name), "nothing is broken", "", cost)
	case none(name):
		fmt.Printf("%-24s BROKEN   %s, %s: %s\n", orNone(name), q.Promise, q.Where, q.Text)
	case q.Promise == "":
		t.survived++
		fmt.Printf("%-24s SURVIVES %s %s\n", name, cost, t.says[name])
	default:
		t.caught++
		fmt.Printf("%-24s %-18s %-15s %s\n", name, q.Promise, q.Where, cost)
	}
}

// none tells whether a hunt is for no mutant: in the simulation, or in the host's tests.
func none(name string) bool { return name == "" || name == hostNone }

func orNone(name string) string {
	if name == "" {
		return "(no mutant)"
	}
	return name
}

func (t *table) sum() string {
	s := fmt.Sprintf("%d mutants caught, %d survive", t.caught, t.survived)
	if t.failed > 0 {
		s += fmt.Sprintf(", %d failed to run", t.failed)
	}
	if t.clean < 2 {
		s += "; without a mutant a promise is broken"
	}
	return s
}

func (t *table) good() bool { return t.survived == 0 && t.failed == 0 && t.clean == 2 }
