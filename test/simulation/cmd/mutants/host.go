package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/heatsync/heatsync/test/simulation/mutants"
)

// Tests of the host that take minutes, or as long as they are told to.
const hostSkips = "TestRestartsLeaveNothingBehind|Fuzz"

// hostBinary is where the host's tests with all mutants are built.
func (o options) hostBinary() string { return o.binary + "-host.test" }

// hostNone is the name of the hunt in the host's tests for no mutant.
const hostNone = "(no mutant, host)"

// inHost tells whether the host's tests hunt a mutant.
func inHost(name string) bool {
	for _, m := range mutants.Host() {
		if m.Name == name {
			return true
		}
	}
	return name == hostNone
}

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// hostTests runs the tests of the host with a mutant, up to the first that fails.
func (o options) hostTests(ctx context.Context, name string) (mutants.Quarry, error) {
	ctx, stop := context.WithTimeout(ctx, o.limit)
	defer stop()
	binary, err := filepath.Abs(o.hostBinary())
	if err != nil {
		return mutants.Quarry{}, err
	}
	c := exec.CommandContext(ctx, binary, "-test.failfast", "-test.count=1", "-test.skip", hostSkips)
	c.Dir = filepath.Join(o.root, mutants.HostTests)
	c.Env = c.Environ()
	if name != hostNone {
		c.Env = append(c.Env, "HEATSYNC_TEST_MUTANT="+name)
	}
	begun := time.Now()
	out, err := c.CombinedOutput()
	q := mutants.Quarry{Runs: 1, Took: time.Since(begun)}
	failed := failedTest.FindStringSubmatch(string(out))
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		q.Promise, q.Text = "it ends", "the tests do not come to an end"
	case err == nil:
	case failed == nil:
		return q, fmt.Errorf("%w: %s", err, lastLine(string(out)))
	default:
		q.Promise, q.Where, q.Text = "a test of the host", failed[1], strings.TrimSpace(string(out))
	}
	return q, nil
}
