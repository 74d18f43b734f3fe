// Command simulate runs seeds of the simulation and tells what they found. It
// keeps, beside the build's other products, how far a range has come, so that a
// range that was cut off goes on where it ended.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/test/simulation"
)

func main() {
	debug.SetGCPercent(1000) // runs are short and leave nothing behind: tens of MiB
	o := options{out: os.Stdout, program: thisProgram}
	flag.StringVar(&o.seeds, "seeds", "1-1000", "seeds to run, as first-last")
	flag.StringVar(&o.size, "size", "small", "small or large fleets, dense: small ones to which much happens, or nodes: small ones with nodes and secrets")
	flag.IntVar(&o.workers, "j", runtime.NumCPU(), "runs side by side")
	flag.StringVar(&o.progress, "progress", "", "`file` that says how far this program has come in the range; none: begin at its first seed")
	flag.BoolVar(&o.counts, "counts", false, "say how often each thing was met, and which never was")
	flag.Uint64Var(&o.seed, "seed", 0, "play this one seed and tell its story")
	flag.StringVar(&o.keep, "keep", "", "of the seed's acts only these, by number, as 0,3,4; with /12m30s the end of the busy time after them, and with /c1,c2/c1 the clusters of each fleet")
	flag.BoolVar(&o.whole, "whole", false, "tell whole events and commands")
	flag.StringVar(&o.file, "case", "", "play the scenario in this `file`")
	flag.StringVar(&o.save, "save", "", "write the shrunk scenario of a broken promise to this `file`")
	flag.Parse()
	size, ok := sizes[o.size]
	if !ok || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	good, err := o.run(size)
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(2)
	}
	if !good {
		os.Exit(1)
	}
}

// sizes are the sizes by the words of -size.
var sizes = map[string]simulation.Size{"small": simulation.Small, "large": simulation.Large, "dense": simulation.Dense, "nodes": simulation.Nodes}

type options struct {
	seeds, size, progress, keep, file, save string
	workers                                 int
	seed                                    uint64
	counts, whole                           bool

	out     io.Writer
	program func() (string, error) // what a range's progress belongs to
}

// run tells whether every promise was kept.
func (o options) run(size simulation.Size) (bool, error) {
	switch {
	case o.file != "":
		s, err := simulation.Load(o.file)
		if err != nil {
			return false, err
		}
		return o.play(s)
	case o.seed != 0:
		s := simulation.Make(o.seed, size)
		if o.keep != "" {
			c, err := simulation.ParseCut(o.keep)
			if err == nil {
				s, err = s.Keep(c)
			}
			if err != nil {
				return false, err
			}
		}
		return o.play(s)
	}
	first, last, err := bounds(o.seeds)
	if err != nil {
		return false, err
	}
	return o.sweep(first, last, size)
}

// play tells the story of one scenario.
func (o options) play(s simulation.Scenario) (bool, error) {
	r := simulation.RunLogged(s, o.out, o.whole)
	fmt.Fprintf(o.out, "%s virtual, %d events, %d requests, at rest after %v, log %s\n", r.Virtual, r.Events, r.Requests, r.Settled, r.Hash)
	if r.Violation != nil {
		fmt.Fprintln(o.out, r.Violation)
	}
	return r.Violation == nil, nil
}

// bounds reads first-last, or one seed.
func bounds(text string) (first, last uint64, err error) {
	a, b, two := strings.Cut(text, "-")
	if !two {
		b = a
	}
	first, err = strconv.ParseUint(a, 10, 64)
	if err == nil {
		last, err = strconv.ParseUint(b, 10, 64)
	}
	if err != nil || first == 0 || last < first {
		return 0, 0, fmt.Errorf("seeds %q: want first-last, from 1", text)
	}
	return first, last, nil
}
