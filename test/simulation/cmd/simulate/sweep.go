package main

import (
	"fmt"
	"time"

	"github.com/heatsync/heatsync/test/simulation"
)

// sweep runs a range, or the rest of it, and tells the first broken promise with
// its shortest story.
func (o options) sweep(first, last uint64, size simulation.Size) (bool, error) {
	p, err := o.resume(first, last)
	if err != nil {
		return false, err
	}
	if p.Next > last {
		fmt.Fprintf(o.out, "seeds %d-%d have been run\n", first, last)
		return o.metAll(p.tally, size), nil
	}
	at, pace := p.Next, pace{begun: time.Now()}
	beyond := map[uint64]simulation.Report{} // done before a seed that comes before them
	var broken *simulation.Violation
	var badSeed uint64
	simulation.Sweep(at, last, size, o.workers, func(seed uint64, r simulation.Report) bool {
		if pace.add(r); r.Violation != nil {
			broken, badSeed = r.Violation, seed
			return false
		}
		beyond[seed] = r
		for r, ok := beyond[p.Next]; ok; r, ok = beyond[p.Next] {
			p.add(p.Next, r)
			delete(beyond, p.Next)
			p.Next++
		}
		if pace.runs%1000 == 0 {
			fmt.Fprintf(o.out, "%d runs, next seed %d, %s\n", pace.runs, p.Next, pace)
			o.note(p)
		}
		return true
	})
	o.note(p)
	fmt.Fprintf(o.out, "seeds %d-%d: %d runs, none failing: %v; %s\n", at, last, pace.runs, broken == nil, pace)
	fmt.Fprintf(o.out, "of seeds %d-%d %d are done: %v\n", first, last, p.Runs, p.tally)
	if o.counts {
		o.tellCounts(p.tally, size)
	}
	if broken != nil {
		return false, o.explain(badSeed, size, broken)
	}
	return o.metAll(p.tally, size), nil
}

// metAll tells whether a range of nightly size has met all it should. A smaller one
// need not.
func (o options) metAll(t tally, size simulation.Size) bool {
	n := size.Nightly()
	if n == 0 || uint64(t.Runs) < n {
		fmt.Fprintf(o.out, "whether all there is to meet was met is not judged: ")
		if n == 0 {
			fmt.Fprintf(o.out, "nothing is known of the size %s\n", o.size)
		} else {
			fmt.Fprintf(o.out, "that takes %d seeds of the size %s\n", n, o.size)
		}
		return true
	}
	never := simulation.Never(t.Counts, size)
	for _, what := range never {
		fmt.Fprintf(o.out, "never met in %d runs: %s\n", t.Runs, what)
	}
	return len(never) == 0
}

// tally sums up the reports of a range's seeds, in their order.
type tally struct {
	Runs        int
	Requests    int
	Slowest     time.Duration // to rest
	SlowestSeed uint64
	Budget      float64 // the largest share that was used
	BudgetSeed  uint64
	Counts      simulation.Counts
}

func (t *tally) add(seed uint64, r simulation.Report) {
	t.Runs++
	t.Requests += r.Requests
	t.Counts.Add(r.Counts)
	if r.Settled > t.Slowest {
		t.Slowest, t.SlowestSeed = r.Settled, seed
	}
	if r.Budget > t.Budget {
		t.Budget, t.BudgetSeed = r.Budget, seed
	}
}

// String says what a reader of a sweep wants to know besides what was met.
func (t tally) String() string {
	return fmt.Sprintf("%d requests; slowest to rest %v (seed %d); at most %.0f %% of the request budget (seed %d)",
		t.Requests, t.Slowest, t.SlowestSeed, 100*t.Budget, t.BudgetSeed)
}

// pace is how fast this process runs seeds.
type pace struct {
	begun   time.Time
	runs    int
	virtual time.Duration
}

func (p *pace) add(r simulation.Report) {
	p.runs++
	p.virtual += r.Virtual
}

// String implements fmt.Stringer.
func (p pace) String() string {
	s := time.Since(p.begun).Seconds()
	return fmt.Sprintf("%.0f s, %.1f runs a second, %.0f virtual hours a second", s, float64(p.runs)/s, p.virtual.Hours()/s)
}

// tellCounts says how often each thing was met, and what never was.
func (o options) tellCounts(t tally, size simulation.Size) {
	for _, what := range t.Counts.Names() {
		fmt.Fprintf(o.out, "%9d  %s\n", t.Counts[what], what)
	}
	for _, what := range simulation.Never(t.Counts, size) {
		fmt.Fprintf(o.out, "    never  %s\n", what)
	}
}

// shrinkTries bounds the runs that look for a shorter story.
const shrinkTries = 400

// explain tells a broken promise: what it says, how to see it again, and the
// shortest story that breaks it.
func (o options) explain(seed uint64, size simulation.Size, v *simulation.Violation) error {
	whole := simulation.Make(seed, size)
	small, r := simulation.Shrink(whole, v.Promise, shrinkTries)
	fmt.Fprintf(o.out, "\nseed %d: %v\n  the promise: %s\n", seed, v, simulation.Says(v.Promise))
	fmt.Fprintf(o.out, "  see it again:  go run ./test/simulation/cmd/simulate -size %s -seed %d\n", o.size, seed)
	fmt.Fprintf(o.out, "  the short way: go run ./test/simulation/cmd/simulate -size %s -seed %d -keep %v\n", o.size, seed, whole.CutTo(small))
	fmt.Fprintf(o.out, "  the story, of %d acts:\n", len(small.Acts))
	for _, a := range small.Acts {
		fmt.Fprintln(o.out, "    "+a.String())
	}
	if r.Violation != nil {
		fmt.Fprintf(o.out, "    +%s  %s: %s\n", r.Violation.When(), r.Violation.Promise, r.Violation.Text)
	}
	if o.save != "" {
		return small.Save(o.save)
	}
	return nil
}
