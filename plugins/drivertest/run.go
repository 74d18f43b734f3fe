package drivertest

import (
	"context"
	"fmt"
	"runtime/debug"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Options say what the cases try the driver with.
type Options struct {
	// Cluster is one that the driver renders without an error, as the agent
	// resolves it: FloatingIPEnabled is true unless a document says otherwise,
	// and the node groups default-master and default-worker are there where the
	// driver counts them. Required. It is not changed.
	Cluster driver.Cluster
	// Change makes another valid cluster of it, whose difference the driver can
	// carry out on a live stack. Required. It must not write into maps and
	// slices of what it is given, but set new ones.
	Change func(*driver.Cluster)
}

// Case is one thing that is asked of a driver.
type Case struct {
	ID   string // for instance DRV-APPLY-001; never used for anything else
	Says string // one sentence

	way way
	run func(*bench)
}

// way is how a case reaches the driver.
type way int

const (
	anyWay way = iota
	inProcess
	process
)

// Verdict is how one case ended.
type Verdict struct {
	Case
	Err error // nil: passed
}

// Cases lists all cases, in the order they are run.
func Cases() []Case {
	var all []Case
	for _, some := range [][]Case{describeCases, validateCases, renderCases, planCases, applyCases, secretCases, processCases} {
		all = append(all, some...)
	}
	return all
}

// Run holds a driver in this process to all cases but those that need a process
// of its own. It sets environment variables and GOMAXPROCS while it runs, so it is
// not for parallel tests.
func Run(t *testing.T, d driver.Driver, o Options) {
	t.Helper()
	report(t, served{d}, o)
}

// RunBinary starts the program at path, once for each case, and holds it to all
// cases but those that need the driver in this process.
func RunBinary(t *testing.T, path string, o Options) {
	t.Helper()
	report(t, program{path}, o)
}

// Examine holds a driver in this process to the cases without a test: for tests
// of the kit itself, and for reports.
func Examine(ctx context.Context, d driver.Driver, o Options) []Verdict {
	return verdicts(ctx, served{d}, o)
}

// ExamineBinary does the same with a program.
func ExamineBinary(ctx context.Context, path string, o Options) []Verdict {
	return verdicts(ctx, program{path}, o)
}

func verdicts(ctx context.Context, s subject, o Options) []Verdict {
	var out []Verdict
	for _, c := range Cases() {
		if s.serves(c.way) {
			out = append(out, Verdict{c, examine(ctx, c, s, o)})
		}
	}
	return out
}

func report(t *testing.T, s subject, o Options) {
	t.Helper()
	if err := ready(t.Context(), s, o); err != nil {
		t.Fatalf("no case was tried: %v", err)
	}
	for _, c := range Cases() {
		if !s.serves(c.way) {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			if err := examine(t.Context(), c, s, o); err != nil {
				t.Errorf("%s\n%v", c.Says, err)
			}
		})
	}
}

// caseTime is how long a case waits for one answer, on a busy machine. A driver that
// blocks for ever fails its case instead of the test program.
const caseTime = time.Minute

// readyTime is what a driver may take to start, and to render a cluster.
const readyTime = 20 * time.Second

// ready tries what every case rests on, so that a driver that does not start, or
// a cluster that it refuses, is told once and not by every case.
func ready(ctx context.Context, s subject, o Options) error {
	return attempt(ctx, readyTime, s, o, func(b *bench) {
		b.describe()
		b.render()
		b.change()
		b.doing = "with Change made: "
		b.render()
	})
}

// examine runs one case on a bench of its own.
func examine(ctx context.Context, c Case, s subject, o Options) error {
	return attempt(ctx, caseTime, s, o, c.run)
}

// failure ends an attempt.
type failure struct{ err error }

// attempt gives the driver so long for each answer, not for all: a case may ask for
// hundreds.
func attempt(ctx context.Context, most time.Duration, s subject, o Options, try func(*bench)) (err error) {
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	patience := time.AfterFunc(most, cancel)
	defer patience.Stop()
	b := newBench(limited, s, o)
	b.answered = func() { patience.Reset(most) }
	defer b.close()
	defer func() {
		switch v := recover().(type) {
		case nil:
		case failure:
			err = v.err
		default:
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		if late := limited.Err() != nil || status.Code(err) == codes.DeadlineExceeded; err != nil && late && ctx.Err() == nil {
			err = fmt.Errorf("the driver gave no answer within %s: it may block for ever: %w", most, err)
		}
		if err != nil {
			err = fmt.Errorf("%s%w%s", b.doing, err, b.panicked())
		}
	}()
	if o.Cluster.Name == "" || o.Change == nil {
		b.fail("Options need a Cluster and a Change")
	}
	try(b)
	return nil
}
