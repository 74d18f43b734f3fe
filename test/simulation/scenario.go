package simulation

import (
	"io"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/reconcile"
)

// Scenario is all that decides a run. [Make] makes one of a seed; acts may be
// taken away.
type Scenario struct {
	Seed        uint64
	Fleets      []FleetShape
	OneCloud    bool // all fleets on one cloud, kept by one process
	Concurrency int
	Nodes       bool // there are a secret store, and a driver with nodes
	Clean       bool // the agents find the hints of a clean stop: no create waits
	Cloud       heatsim.Options
	Acts        []Act         // in the order of their times
	Busy        time.Duration // from then on nobody does anything, and faults are over
}

// FleetShape is one fleet and the settings of its agent.
type FleetShape struct {
	Name       string
	Clusters   []string // that it may have
	MaxDeletes int
	Rollout    int
	Report     bool // drift is reported, not put right
	ReadOnly   bool
	MaxCreates int
	Poll       reconcile.Poll
}

// drivers are those that every process has.
func (s Scenario) drivers() []string {
	if s.Nodes {
		return []string{box, dock, safe, crew}
	}
	return []string{box, dock, safe}
}

// Report is what a run found.
type Report struct {
	Violation *Violation // nil: every promise held
	Counts    Counts
	Virtual   time.Duration // that passed
	Events    int           // that engines heard
	Requests  int
	Budget    float64 // the largest share of an agent's budget that was used
	Writes    int
	Settled   time.Duration // from the end of the faults until all was at rest
	Hash      string        // of the log; "" where none was kept
}

// Run plays a scenario to its end or to the first broken promise.
func Run(s Scenario) Report { return run(s, nil) }

// RunLogged plays a scenario and writes down what happens: whole events and
// commands, or what a reader wants to know of them. A nil out has the log hashed
// only.
func RunLogged(s Scenario, out io.Writer, whole bool) Report { return run(s, newEventLog(out, whole)) }

func run(s Scenario, log *eventLog) Report {
	w := newWorld(s, log)
	settled := w.play()
	w.close()
	r := Report{
		Violation: w.broken, Counts: w.counts, Virtual: w.now.Sub(beginning), Requests: w.asked, Writes: w.written,
		Settled: settled, Events: w.heard, Budget: w.most,
	}
	if log != nil {
		r.Hash = log.sum()
	}
	return r
}

// play plays all of a scenario, to its first panic at the latest, and gives how long
// it took until all was at rest.
func (w *world) play() (settled time.Duration) {
	defer w.survive()
	w.open()
	for _, a := range w.scenario.Acts {
		w.after(a.At, func() {
			if !w.calm {
				w.act(a)
			}
		})
	}
	w.until(beginning.Add(w.scenario.Busy))
	settled = w.quiet()
	w.meddle()
	return settled
}

// survive makes a panic a broken promise, so that it has a seed and a story.
func (w *world) survive() {
	what := recover()
	if what == nil {
		return
	}
	if p := traced(what); w.broken == nil {
		w.fail(noPanic, "%v", p.what)
		w.broken.Trace = p.trace
	}
}

// open starts a process for each cloud, or one for all fleets of one.
func (w *world) open() {
	if w.scenario.OneCloud {
		w.newProcess("agent", w.clouds[0], w.fleets...)
	} else {
		for _, f := range w.fleets {
			w.newProcess("agent-"+f.name, f.cloud, f)
		}
	}
	for _, p := range w.processes {
		for _, a := range p.agents {
			if w.scenario.Clean {
				a.disk.write(reconcile.Hints{Clean: true})
			}
		}
		p.start()
	}
}
