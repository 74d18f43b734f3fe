//go:build mutants

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/heatsync/heatsync/test/simulation"
	"github.com/heatsync/heatsync/test/simulation/mutant"
	"github.com/heatsync/heatsync/test/simulation/mutants"
)

// A binary of the build tag mutants has these flags too.
func init() {
	flag.Func("mutant", "play the mutant of this `name`", choose)
	flag.BoolFunc("mutants", "list the mutants", func(string) error {
		for _, m := range mutants.All() {
			fmt.Printf("%-24s %s\n", m.Name, m.Says)
		}
		os.Exit(0)
		return nil
	})
	flag.Func("hunt", "run the cases of testdata and these `seeds` until a promise is broken, and tell it as JSON; after -mutant", hunt)
}

func choose(name string) error {
	if !slices.ContainsFunc(mutants.All(), func(m mutants.Mutant) bool { return m.Name == name }) {
		return errors.New("there is no such mutant: see -mutants")
	}
	mutant.Choose(name)
	return nil
}

// hunt ends the process.
func hunt(seeds string) error {
	first, last, err := bounds(seeds)
	if err != nil {
		return err
	}
	cases, err := filepath.Glob("test/simulation/testdata/cases/*.json")
	if err != nil {
		return err
	}
	begun := time.Now()
	var q mutants.Quarry
	for _, file := range cases {
		s, err := simulation.Load(file)
		if err != nil {
			return err
		}
		if q.Runs++; stopped(s, &q) {
			q.Where = "case " + filepath.Base(file)
			break
		}
	}
	for seed := first; seed <= last && q.Promise == ""; seed++ {
		name, size := "", simulation.Small
		if seed%2 == 0 {
			name, size = " dense", simulation.Dense
		}
		if q.Runs++; stopped(simulation.Make(seed, size), &q) {
			q.Where = fmt.Sprintf("seed %d%s", seed, name)
			break
		}
		if seed%2 == 0 {
			continue
		}
		if q.Runs++; stopped(simulation.Make(seed, simulation.Nodes), &q) {
			q.Where = fmt.Sprintf("seed %d nodes", seed)
		}
	}
	q.Took = time.Since(begun)
	if err := json.NewEncoder(os.Stdout).Encode(q); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}

// stopped runs a scenario, and tells whether a promise was broken.
func stopped(s simulation.Scenario, q *mutants.Quarry) bool {
	v := simulation.Run(s).Violation
	if v == nil {
		return false
	}
	q.Promise, q.Text = v.Promise, v.Text
	return true
}
