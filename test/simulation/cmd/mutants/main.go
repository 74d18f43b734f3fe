// Command mutants proves the simulation: it builds the simulation with every
// mutant of test/simulation/mutants in it, runs seeds of each until a promise is
// broken, and the same seeds without any mutant, where none may be. It tells
// which promise caught which mutant, and fails when one survives. Mutants of the
// drivers' host, whose processes the simulation plays, are left to its own tests.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/test/simulation/mutants"
)

func main() {
	var o options
	flag.StringVar(&o.seeds, "seeds", "1-1000", "seeds to run each mutant on, as first-last")
	flag.StringVar(&o.only, "only", "", "hunt only mutants of these `names`, with commas between")
	flag.StringVar(&o.binary, "o", "bin/simulate-mutants", "`file` to build")
	flag.IntVar(&o.workers, "j", runtime.NumCPU(), "hunts side by side")
	flag.DurationVar(&o.limit, "limit", 5*time.Minute, "time after which a hunt is given up: the mutant keeps the simulation from ending")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	good, err := o.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if !good {
		os.Exit(1)
	}
}

type options struct {
	seeds, only, binary string
	workers             int
	limit               time.Duration
	root                string // of the module
}

// run tells whether every mutant was caught, and nothing was found without one.
func (o *options) run(ctx context.Context) (bool, error) {
	begun := time.Now()
	if err := o.build(ctx); err != nil {
		return false, err
	}
	fmt.Printf("built with %d mutants in %.0f s\n", len(mutants.All()), time.Since(begun).Seconds())
	var chosen []mutants.Mutant
	for _, m := range mutants.All() {
		if o.only == "" || slices.Contains(strings.Split(o.only, ","), m.Name) {
			chosen = append(chosen, m)
		}
	}
	t := newTable(chosen)
	o.hunt(ctx, chosen, t)
	if err := ctx.Err(); err != nil {
		return false, err
	}
	fmt.Printf("%s; %.0f s\n", t.sum(), time.Since(begun).Seconds())
	return t.good(), nil
}

// build makes the binaries of mutants in the module's root.
func (o *options) build(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("find the module: %w", err)
	}
	o.root = strings.TrimSpace(string(root))
	dir, err := os.MkdirTemp("", "heatsync-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := mutants.Overlay(o.root, dir, mutants.All())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.binary), 0o755); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"build", "-buildvcs=false", "-o", o.binary, "-tags", "mutants", "-overlay", overlay, "./test/simulation/cmd/simulate"},
		{"test", "-c", "-o", o.hostBinary(), "-tags", "mutants", "-overlay", overlay, mutants.HostTests},
	} {
		c := exec.CommandContext(ctx, "go", args...)
		c.Stderr = os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("build with the mutants: %w", err)
		}
	}
	return nil
}
