package simulation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/reconcile"
)

// The drivers' names.
const (
	box  = "box"    // a few small resources
	dock = "docker" // the real one
	safe = "safe"   // asks for a secret that nobody has
	crew = "crew"   // has nodes, and secrets that are made
)

var errBroke = errors.New("the driver died in the middle of the call")

const (
	pureDeadline  = 30 * time.Second
	applyDeadline = 10 * time.Minute
)

// lie is how a driver lies.
type lie int

const (
	honest      lie = iota
	lieAccepted     // says accepted, does nothing
	lieWord         // answers words that are none
	lieDigest       // renders to another digest each time
	lieNothing      // plans nothing whatever differs
	lies        = iota
)

// lied is what is counted when a driver lies.
var lied = map[lie]string{
	lieAccepted: "driver lies: accepted",
	lieWord:     "driver lies: word",
	lieDigest:   "driver lies: digest",
	lieNothing:  "driver lies: nothing to do",
}

// program is one driver of one process. The driver itself is compiled in; what
// may happen to a process is played.
type program struct {
	p       *process
	name    string
	version string
	impl    driver.Driver
	life    int // counts its lives: a call that outlives one is broken
	up      bool
	hung    bool
	slow    time.Duration
	lie     lie
	lied    uint64
	mended  int // programs that took the place of one that lied
}

func (p *process) newProgram(name, version string) *program {
	g := &program{p: p, name: name}
	g.load(version)
	return g
}

// load puts a version's code in place.
func (g *program) load(version string) {
	way := heatstack.WithTransport(&wire{w: g.p.w, to: g.p.cloud.heat, of: g})
	clock := heatstack.WithClock(g.p.w.time)
	kept := heatstack.WithRenders(rendersOf(g.name, version))
	g.version = version
	switch g.name {
	case dock:
		g.impl = docker.New(way, clock, kept)
	case crew:
		g.impl = heatstack.New(crewTemplate{boxTemplate{name: g.name, version: version}, g.p.w.site}, way, clock, kept)
	default:
		g.impl = heatstack.New(boxTemplate{name: g.name, version: version}, way, clock, kept)
	}
}

// renders are what each version of each driver makes of clusters, for all runs of
// the process: by driver and version.
var renders sync.Map

func rendersOf(name, version string) *heatstack.Renders {
	key := [2]string{name, version}
	if m, ok := renders.Load(key); ok {
		return m.(*heatstack.Renders)
	}
	m, _ := renders.LoadOrStore(key, &heatstack.Renders{})
	return m.(*heatstack.Renders)
}

// described is what the host tells once the driver is up.
func (g *program) described() carry.Answer {
	d := carry.DescribedOf(g.impl.Describe(), fmt.Sprint(g.name, g.version, g.mended))
	d.Version = g.version
	return func(at reconcile.At) reconcile.Event { return reconcile.Described{At: at, Driver: d} }
}

func (g *program) lost() carry.Answer {
	f := reconcile.Fault{Code: reconcile.FaultDriver, Who: reconcile.Operator, Transient: true, Summary: "driver \"" + g.name + "\" is not running"}
	return func(at reconcile.At) reconcile.Event { return reconcile.DriverLost{At: at, Name: g.name, Fault: f} }
}

// Driver implements carry.Drivers.
func (p *process) Driver(name string) (carry.Driver, error) {
	g := p.programs[name]
	if g == nil || !g.up {
		return nil, errors.New("it is not running")
	}
	return g, nil
}

// pure passes the time of a call that touches nothing.
func (g *program) pure() error {
	life := g.life
	if g.hung {
		g.p.w.sleep(pureDeadline)
		g.p.crash(g)
		return context.DeadlineExceeded
	}
	if !g.p.w.sleep(g.p.w.latency(20*time.Millisecond) + g.slow) {
		return errKilled
	}
	if g.life != life {
		return errBroke
	}
	return nil
}

// Validate implements carry.Driver.
func (g *program) Validate(_ context.Context, c driver.Cluster) ([]driver.Diagnostic, error) {
	if err := g.pure(); err != nil {
		return nil, err
	}
	found := driver.Check(g.impl.Describe(), c)
	if v, ok := g.impl.(driver.Validator); ok {
		found = append(found, v.Validate(c)...)
	}
	return found, nil
}

// Render implements carry.Driver.
func (g *program) Render(_ context.Context, in driver.RenderInput) (driver.Rendered, error) {
	if err := g.pure(); err != nil {
		return driver.Rendered{}, err
	}
	r := g.impl.Render(in)
	if g.lie == lieDigest && r.Digest != "" {
		g.p.w.count(lied[lieDigest])
		g.lied++
		r.Digest = r.Digest[:len(r.Digest)-1] + string("0123456789abcdef"[g.lied%16])
	}
	return r, nil
}

// Plan implements carry.Driver.
func (g *program) Plan(_ context.Context, in driver.PlanInput) (driver.Plan, error) {
	if err := g.pure(); err != nil {
		return driver.Plan{}, err
	}
	p := g.impl.Plan(in)
	switch g.lie {
	case lieNothing:
		g.p.w.count(lied[lieNothing])
		return driver.Plan{Digest: p.Digest}, nil
	case lieWord:
		g.p.w.count(lied[lieWord])
		p.Steps = append(p.Steps, driver.Step{ID: "x", Kind: 77})
	}
	return p, nil
}

// Apply implements carry.Driver.
func (g *program) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	life := g.life
	if g.hung {
		g.p.w.sleep(applyDeadline)
		g.p.crash(g)
		return broken(in, "the driver did not answer in time")
	}
	g.p.w.sleep(g.slow)
	switch g.lie {
	case lieAccepted:
		g.p.w.count(lied[lieAccepted])
		return driver.Result{Verdict: driver.Accepted, StackID: in.StackID}
	case lieWord:
		g.p.w.count(lied[lieWord])
		return driver.Result{Verdict: 77}
	}
	r := g.impl.Apply(ctx, in, progress)
	if g.life != life {
		return broken(in, errBroke.Error())
	}
	return r
}

// CheckHealth implements carry.Driver.
func (g *program) CheckHealth(ctx context.Context, in driver.HealthInput) (driver.HealthReport, error) {
	c, ok := g.impl.(driver.HealthChecker)
	if !ok {
		return driver.HealthReport{Health: driver.Unknown}, nil
	}
	if err := g.pure(); err != nil {
		return driver.HealthReport{}, err
	}
	return c.CheckHealth(ctx, in), nil
}

// broken is what the host makes of a call that gave no answer.
func broken(in driver.ApplyInput, why string) driver.Result {
	return driver.Result{Verdict: driver.Ambiguous, StackID: in.StackID, Fault: driver.Fault{
		Code: "driver", Who: "operator", Summary: why, Transient: true,
	}}
}

// crash ends a driver's process; the host starts another after a while.
func (p *process) crash(g *program) {
	if !g.up {
		return
	}
	g.up, g.hung = false, false
	g.life++
	life := g.life
	p.tell(g.lost())
	p.w.after(time.Second+p.w.latency(5*time.Second), func() {
		if p.up && g.life == life {
			g.up = true
			p.tell(g.described())
		}
	})
}

// tell gives all agents of the process an event.
func (p *process) tell(a carry.Answer) {
	for _, one := range p.agents {
		one.post(a)
	}
}

var _ http.RoundTripper = (*wire)(nil)
