package drivertest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Canaries: a text that carries one has leaked.
const (
	secretCanary = "canary-secret-6f1d"
	otherCanary  = "canary-environment-2b7a"
)

// bench is one case at work: a driver that runs, a cloud of its own, and the
// smallest agent. Its methods end the case when something goes wrong.
type bench struct {
	ctx     context.Context
	subject subject
	options Options
	run     *running
	cloud   *cloud
	cluster driver.Cluster
	heard   []string // progress lines, and what results and plans said
	ends    []func()
	doing   string // said before what failed

	answered func() // called at each answer; attempt sets it
}

func newBench(ctx context.Context, s subject, o Options) *bench {
	return &bench{ctx: ctx, subject: s, options: o, cluster: o.Cluster}
}

func (b *bench) close() {
	for i := len(b.ends) - 1; i >= 0; i-- {
		b.ends[i]()
	}
}

// fail ends the case.
func (b *bench) fail(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

// check ends the case unless an answer came.
func (b *bench) check(err error, doing string) {
	if err != nil {
		b.fail("%s: %w", doing, err)
	}
	b.answered()
}

// driver gives the running driver, started at the first call.
func (b *bench) driver() *running {
	if b.run == nil {
		b.run = b.start()
	}
	return b.run
}

func (b *bench) start(variables ...string) *running {
	r, err := b.subject.start(b.ctx, variables...)
	b.check(err, "start the driver")
	b.ends = append(b.ends, r.stop)
	return r
}

// heat gives the simulated cloud, made at the first call.
func (b *bench) heat() *cloud {
	if b.cloud == nil {
		c, err := newCloud()
		b.ends = append(b.ends, c.server.Close)
		b.check(err, "make the simulated cloud")
		b.cloud = c
	}
	return b.cloud
}

func (b *bench) describe() driver.Description {
	d, err := b.driver().client.Describe(b.ctx)
	b.check(err, "describe")
	return d
}

// secrets gives one version of each secret the driver needs; its value has the
// form of its kind and canaries in it.
func (b *bench) secrets(withValues bool) []driver.Secret {
	var out []driver.Secret
	for i, need := range b.describe().Secrets {
		s := driver.Secret{Name: need.Name, ID: fmt.Sprintf("version-%d", i)}
		if withValues {
			v, err := secretValue(need.Kind)
			b.check(err, "make a secret")
			s.Value = v
		}
		out = append(out, s)
	}
	return out
}

func (b *bench) render() driver.Rendered {
	r, err := b.driver().client.Render(b.ctx, driver.RenderInput{Cluster: b.cluster, Secrets: b.secrets(false)})
	b.check(err, "render")
	b.hear(r)
	if driver.HasErrors(r.Diagnostics) {
		b.fail("render: %s", listed(r.Diagnostics))
	}
	return r
}

// name of the cluster's stack.
func (b *bench) name() string { return b.cluster.Fleet + "--" + b.cluster.Name }

// row is the cluster's stack, nil when there is none.
func (b *bench) row() *driver.Stack {
	rows, err := b.heat().find(b.name())
	b.check(err, "find the stack")
	switch len(rows) {
	case 0:
		return nil
	case 1:
		return &rows[0]
	}
	b.fail("there are %d stacks called %s", len(rows), b.name())
	return nil
}

// settled lets all work end and gives the stack.
func (b *bench) settled() *driver.Stack {
	b.heat().sim.Settle()
	row := b.row()
	if row != nil && !strings.HasSuffix(row.Status, "_COMPLETE") {
		b.fail("the stack is %s: %s", row.Status, row.StatusReason)
	}
	return row
}

// planInput is what the agent would ask about the live stack, with no parts.
func (b *bench) planInput(intent driver.Intent, deep bool) driver.PlanInput {
	return driver.PlanInput{Intent: intent, Cluster: b.cluster, Secrets: b.secrets(false), Stack: b.row(), Deep: deep}
}

// plan asks, reads what is needed and asks again.
func (b *bench) plan(intent driver.Intent, deep bool) driver.Plan {
	p := b.planWith(b.planInput(intent, deep))
	if driver.HasErrors(p.Diagnostics) {
		b.fail("plan: %s", listed(p.Diagnostics))
	}
	return p
}

func (b *bench) planWith(in driver.PlanInput) driver.Plan {
	p := b.planOnce(in)
	for len(p.Need) > 0 {
		given := in.Parts.Read
		if !slices.ContainsFunc(p.Need, func(n driver.Part) bool { return !slices.Contains(given, n) }) {
			b.fail("plan asks for %v again after it was given %v", p.Need, given)
		}
		b.supply(&in, append(slices.Clone(given), p.Need...))
		p = b.planOnce(in)
	}
	return p
}

// write is the one step of a plan that writes to the stack. Before it there may be
// one that empties nodes, or cleans up beside the stack.
func write(p driver.Plan) (driver.Step, bool) {
	steps := p.Steps
	if len(steps) == 2 && steps[0].Kind == driver.StepDrain {
		steps = steps[1:]
	}
	if len(steps) != 1 || steps[0].Kind == driver.StepDrain {
		return driver.Step{}, false
	}
	return steps[0], true
}

func (b *bench) planOnce(in driver.PlanInput) driver.Plan {
	p, err := b.driver().client.Plan(b.ctx, in)
	b.check(err, "plan")
	b.hear(p)
	return p
}

func (b *bench) supply(in *driver.PlanInput, need []driver.Part) {
	if in.Stack == nil {
		b.fail("plan asks for parts %v of a stack that is not there", need)
	}
	parts, err := b.heat().parts(*in.Stack, need)
	b.check(err, "read the parts")
	in.Parts = parts
}

// step is the input of the one write of a plan.
func (b *bench) step(intent driver.Intent, p driver.Plan) driver.ApplyInput {
	step, ok := write(p)
	if !ok {
		b.fail("want a plan of one write, have %+v", p)
	}
	digest := p.Digest
	in := driver.ApplyInput{
		Step: step.ID, Kind: step.Kind, Nodes: step.Nodes, Intent: intent, Cluster: b.cluster, StackName: b.name(),
		Tags: b.tags(digest), Digest: digest, Secrets: b.secrets(true), Credential: b.credential(),
		Precondition: driver.Precondition{Absent: true},
	}
	if row := b.row(); row != nil {
		in.StackID = row.ID
		in.Precondition = driver.Precondition{ID: row.ID, Status: row.Status, Digest: digestTag(row.Tags), Updated: row.Updated}
	}
	return in
}

func (b *bench) credential() driver.Credential {
	return driver.Credential{Token: b.heat().token, Endpoints: map[string]string{"orchestration": b.heat().heat}}
}

// tags is the complete list of the cluster's stack.
func (b *bench) tags(digest string) []string {
	return []string{
		"heatsync", "heatsync.fleet=" + b.cluster.Fleet, "heatsync.cluster=" + b.cluster.Name,
		"heatsync.driver=" + b.describe().Name, "heatsync.spec=" + digest,
	}
}

func digestTag(tags []string) string {
	for _, t := range tags {
		if d, ok := strings.CutPrefix(t, "heatsync.spec="); ok {
			return d
		}
	}
	return ""
}

func (b *bench) apply(in driver.ApplyInput) driver.Result {
	r, err := b.driver().client.Apply(b.ctx, in, func(line string) { b.heard = append(b.heard, line) })
	b.check(err, "apply")
	b.hear(r)
	return r
}

// accepted applies and expects that Heat has taken the work.
func (b *bench) accepted(in driver.ApplyInput) driver.Result {
	r := b.apply(in)
	if r.Verdict != driver.Accepted {
		b.fail("apply: want accepted, have %s (%s, %s): %s; %s", r.Verdict, r.Fault.Code, r.Fault.Who, r.Fault.Summary, r.Fault.Remedy)
	}
	return r
}

// created brings the cluster's stack up.
func (b *bench) created() *driver.Stack {
	b.accepted(b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false)))
	row := b.settled()
	if row == nil {
		b.fail("apply accepted a create, and there is no stack called %s", b.name())
	}
	return row
}

// change makes the cluster another one.
func (b *bench) change() { b.options.Change(&b.cluster) }

// hear keeps what a driver said, for the canaries.
func (b *bench) hear(v any) {
	text, _ := json.Marshal(v) // plain values
	b.heard = append(b.heard, string(text))
}
