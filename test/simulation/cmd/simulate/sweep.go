package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/heatsync/heatsync/test/simulation"
)

// sweep runs a range and tells the first broken promise with its shortest story.
func (o options) sweep(first, last uint64, size simulation.Size) (bool, error) {
	at := o.resume(first)
	if at > last {
		fmt.Printf("seeds %d-%d have been run\n", first, last)
		return true, nil
	}
	t := tally{begun: time.Now(), done: map[uint64]bool{}, prefix: at, counts: simulation.Counts{}}
	var broken *simulation.Violation
	var at0 uint64
	simulation.Sweep(at, last, size, o.workers, func(seed uint64, r simulation.Report) bool {
		t.add(seed, r)
		if r.Violation != nil {
			broken, at0 = r.Violation, seed
			return false
		}
		if t.runs%1000 == 0 {
			fmt.Printf("%d runs, next seed %d, %s\n", t.runs, t.prefix, t.pace())
			o.note(t.prefix)
		}
		return true
	})
	if broken == nil {
		o.note(t.prefix)
	}
	fmt.Printf("seeds %d-%d: %d runs, none failing: %v; %s; %d requests; slowest to rest %v (seed %d); at most %.0f %% of the request budget (seed %d)\n",
		at, last, t.runs, broken == nil, t.pace(), t.requests, t.slowest, t.slowestSeed, 100*t.budget, t.budgetSeed)
	if o.counts {
		t.tellCounts(size)
	}
	if broken != nil {
		return false, o.explain(at0, size, broken)
	}
	return t.metAll(size), nil
}

// metAll tells whether a run of nightly size has met all it should. A smaller one,
// as the rest of a range that was cut off, need not.
func (t *tally) metAll(size simulation.Size) bool {
	if n := size.Nightly(); n == 0 || uint64(t.runs) < n {
		return true
	}
	never := simulation.Never(t.counts, size)
	for _, what := range never {
		fmt.Printf("never met in %d runs: %s\n", t.runs, what)
	}
	return len(never) == 0
}

// tally sums up a sweep.
type tally struct {
	begun       time.Time
	runs        int
	requests    int
	virtual     time.Duration
	slowest     time.Duration
	slowestSeed uint64
	budget      float64
	budgetSeed  uint64
	counts      simulation.Counts
	done        map[uint64]bool // beyond prefix
	prefix      uint64          // all seeds before it are done
}

func (t *tally) add(seed uint64, r simulation.Report) {
	t.runs++
	t.requests += r.Requests
	t.virtual += r.Virtual
	t.counts.Add(r.Counts)
	if r.Settled > t.slowest {
		t.slowest, t.slowestSeed = r.Settled, seed
	}
	if r.Budget > t.budget {
		t.budget, t.budgetSeed = r.Budget, seed
	}
	t.done[seed] = true
	for t.done[t.prefix] {
		delete(t.done, t.prefix)
		t.prefix++
	}
}

func (t *tally) pace() string {
	s := time.Since(t.begun).Seconds()
	return fmt.Sprintf("%.0f s, %.1f runs a second, %.0f virtual hours a second", s, float64(t.runs)/s, t.virtual.Hours()/s)
}

// tellCounts says how often each thing was met, and what never was.
func (t *tally) tellCounts(size simulation.Size) {
	for _, what := range t.counts.Names() {
		fmt.Printf("%9d  %s\n", t.counts[what], what)
	}
	for _, what := range simulation.Never(t.counts, size) {
		fmt.Printf("    never  %s\n", what)
	}
}

// resume gives the seed to go on with.
func (o options) resume(first uint64) uint64 {
	if o.progress == "" {
		return first
	}
	text, err := os.ReadFile(o.progress)
	if err != nil {
		return first
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n < first {
		return first
	}
	return n
}

// note keeps the seed to go on with.
func (o options) note(next uint64) {
	if o.progress == "" {
		return
	}
	if err := os.WriteFile(o.progress, []byte(strconv.FormatUint(next, 10)+"\n"), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
	}
}

// shrinkTries bounds the runs that look for a shorter story.
const shrinkTries = 400

// explain tells a broken promise: what it says, how to see it again, and the
// shortest story that breaks it.
func (o options) explain(seed uint64, size simulation.Size, v *simulation.Violation) error {
	whole := simulation.Make(seed, size)
	small, r := simulation.Shrink(whole, v.Promise, shrinkTries)
	fmt.Printf("\nseed %d: %v\n  the promise: %s\n", seed, v, simulation.Says(v.Promise))
	fmt.Printf("  see it again:  go run ./test/simulation/cmd/simulate -size %s -seed %d\n", o.size, seed)
	if keep := whole.Numbers(small); keep != "" {
		fmt.Printf("  the short way: go run ./test/simulation/cmd/simulate -size %s -seed %d -keep %s\n", o.size, seed, keep)
	}
	fmt.Printf("  the story, of %d acts:\n", len(small.Acts))
	for _, a := range small.Acts {
		fmt.Println("    " + a.String())
	}
	if r.Violation != nil {
		fmt.Printf("    +%s  %s: %s\n", r.Violation.When(), r.Violation.Promise, r.Violation.Text)
	}
	if o.save != "" {
		return small.Save(o.save)
	}
	return nil
}
