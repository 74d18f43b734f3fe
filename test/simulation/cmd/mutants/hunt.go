package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/heatsync/heatsync/test/simulation/mutants"
)

// hunt runs one process for each mutant and one for none, as many side by side as
// there are workers; the one for none takes longest and is begun first.
func (o options) hunt(ctx context.Context, chosen []mutants.Mutant, t *table) {
	turns := make(chan string)
	var all sync.WaitGroup
	for range o.workers {
		all.Go(func() {
			for name := range turns {
				hunt := o.process
				if inHost(name) {
					hunt = o.hostTests
				}
				q, err := hunt(ctx, name)
				if ctx.Err() == nil {
					t.tell(name, q, err)
				}
			}
		})
	}
	turns <- ""
	turns <- hostNone
	for _, m := range chosen {
		turns <- m.Name
	}
	close(turns)
	all.Wait()
}

// process hunts for one mutant. A simulation that the mutant keeps from ending is
// as good as a broken promise.
func (o options) process(ctx context.Context, name string) (mutants.Quarry, error) {
	var args []string
	limit := o.limit
	if name != "" {
		args = append(args, "-mutant", name)
	} else {
		limit = 10 * limit
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	c := exec.CommandContext(ctx, o.binary, append(args, "-hunt", o.seeds)...)
	c.Env = append(c.Environ(), "GOMAXPROCS=1")
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	begun := time.Now()
	err := c.Run()
	var q mutants.Quarry
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return mutants.Quarry{Promise: "it ends", Text: "the simulation does not come to an end", Took: time.Since(begun)}, nil
	case err != nil:
		return q, fmt.Errorf("%w: %s", err, lastLine(complaint.String()))
	}
	return q, json.Unmarshal(out.Bytes(), &q)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
