package drivertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

func TestAGoodDriverPasses(t *testing.T) { drivertest.Run(t, heatstack.New(toy{}), options()) }

// The first parameter by name is one whose change is refused: drift is tried with
// another.
func TestDriftIsTriedWhereItIsNotRefused(t *testing.T) {
	refused := func(d driver.Description) driver.Description {
		d.Labels[0].Effect = driver.EffectRefused
		return d
	}
	o := options()
	o.Change = func(c *driver.Cluster) { c.Flavor = "big" }
	drivertest.Run(t, heatstack.New(toy{own: refused}), o)
}

// mutant is the toy with some of its calls replaced.
type mutant struct {
	driver.Driver
	describe func(driver.Description) driver.Description
	validate func(driver.Cluster) []driver.Diagnostic
	render   func(driver.Driver, driver.RenderInput) driver.Rendered
	plan     func(driver.Driver, driver.PlanInput) driver.Plan
	stack    func(driver.RenderInput, *heatstack.Stack)
	apply    func(context.Context, driver.Driver, driver.ApplyInput, func(string)) driver.Result
	template func(resources map[string]any)              // as it is sent
	own      func(driver.Description) driver.Description // of the toy itself, so that its labels are checked by it
}

func (m mutant) Describe() driver.Description {
	if m.describe == nil {
		return m.Driver.Describe()
	}
	return m.describe(m.Driver.Describe())
}

func (m mutant) Validate(c driver.Cluster) []driver.Diagnostic {
	if m.validate == nil {
		return nil
	}
	return m.validate(c)
}

func (m mutant) Render(in driver.RenderInput) driver.Rendered {
	if m.render == nil {
		return m.Driver.Render(in)
	}
	return m.render(m.Driver, in)
}

func (m mutant) Plan(in driver.PlanInput) driver.Plan {
	if m.plan == nil {
		return m.Driver.Plan(in)
	}
	return m.plan(m.Driver, in)
}

func (m mutant) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	if m.apply == nil {
		return m.Driver.Apply(ctx, in, progress)
	}
	return m.apply(ctx, m.Driver, in, progress)
}

// TestMutants breaks the toy in one way each; the kit must say which.
func TestMutants(t *testing.T) {
	var calls atomic.Int64
	for _, c := range []struct {
		name string
		m    mutant
		want []string
	}{
		{"describes by the environment", mutant{describe: func(d driver.Description) driver.Description {
			d.Attributes[0].Doc += os.Getenv("TZ")
			return d
		}}, []string{"DRV-DESCRIBE-001"}},
		{"a label without a doc", mutant{describe: func(d driver.Description) driver.Description {
			d.Labels[0].Doc = ""
			return d
		}}, []string{"DRV-DESCRIBE-002"}},
		{"a target that no document can name", mutant{describe: func(d driver.Description) driver.Description {
			d.Targets[0].COE = "Toy"
			return d
		}}, []string{"DRV-DESCRIBE-003"}},
		{"counts nodes that the options lack", mutant{describe: func(d driver.Description) driver.Description {
			d.Attributes = append(d.Attributes, driver.Attribute{Name: "nodeCount", Effect: driver.EffectAdd, Doc: "Nodes."})
			return d
		}}, []string{"DRV-VALIDATE-004"}},
		{"a label that nothing gets", mutant{own: func(d driver.Description) driver.Description {
			d.Labels = append(d.Labels, driver.Label{Name: "taste", Type: driver.LabelBool, Effect: driver.EffectInPlace, Doc: "Taste."})
			return d
		}}, []string{"DRV-RENDER-005"}},
		{"puts no drift right", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			if in.Kind == driver.StepUpdate && in.Digest == in.Precondition.Digest && strings.HasSuffix(in.Precondition.Status, "_COMPLETE") {
				return driver.Result{Verdict: driver.Accepted, StackID: in.StackID}
			}
			return d.Apply(ctx, in, p)
		}}, []string{"DRV-PLAN-006"}},
		{"validates by a counter", mutant{validate: func(driver.Cluster) []driver.Diagnostic {
			return []driver.Diagnostic{{Severity: driver.SeverityWarning, Code: "n", Summary: fmt.Sprint(calls.Add(1))}}
		}}, []string{"DRV-VALIDATE-001"}},
		{"renders by a counter", mutant{render: func(d driver.Driver, in driver.RenderInput) driver.Rendered {
			r := d.Render(in)
			r.Diagnostics = append(r.Diagnostics, driver.Diagnostic{Severity: driver.SeverityWarning, Code: "n", Summary: fmt.Sprint(calls.Add(1))})
			return r
		}}, []string{"DRV-RENDER-001"}},
		{"writes into its input", mutant{render: func(d driver.Driver, in driver.RenderInput) driver.Rendered {
			r := d.Render(in)
			in.Cluster.Labels["seen"] = "yes"
			return r
		}}, []string{"DRV-RENDER-002"}},
		{"plans by a counter", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			p := d.Plan(in)
			p.Diagnostics = append(p.Diagnostics, driver.Diagnostic{Severity: driver.SeverityWarning, Code: "n", Summary: fmt.Sprint(calls.Add(1))})
			return p
		}}, []string{"DRV-PLAN-001"}},
		{"a step without a title", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			p := d.Plan(in)
			for i := range p.Steps {
				p.Steps[i].Title = ""
			}
			return p
		}}, []string{"DRV-PLAN-002"}},
		{"deep plans always find something", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			p := d.Plan(in)
			if in.Deep && len(p.Need) == 0 && len(p.Steps) == 0 {
				p.Changes = []driver.Change{{Path: "template", Effect: driver.EffectNone}}
			}
			return p
		}}, []string{"DRV-PLAN-003", "DRV-PLAN-004", "DRV-PLAN-006", "DRV-PLAN-007"}},
		{"absent needs a whole cluster", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			if in.Intent == driver.IntentAbsent && in.Cluster.COE == "" {
				return driver.Plan{}
			}
			return d.Plan(in)
		}}, []string{"DRV-PLAN-005"}},
		{"cleans, and never deletes", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			p := d.Plan(in)
			if in.Intent == driver.IntentAbsent && len(p.Steps) > 0 {
				p.Steps[0].Kind = driver.StepDrain
			}
			return p
		}}, []string{"DRV-PLAN-005", "DRV-APPLY-002", "DRV-APPLY-007"}},
		{"asks for one part for ever", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			if in.Stack != nil && in.Intent == driver.IntentPresent {
				return driver.Plan{Need: []driver.Part{driver.PartShow}}
			}
			return d.Plan(in)
		}}, []string{
			"DRV-PLAN-002", "DRV-PLAN-003", "DRV-PLAN-004", "DRV-PLAN-006", "DRV-PLAN-007", "DRV-PLAN-008",
			"DRV-APPLY-002", "DRV-APPLY-003", "DRV-APPLY-004", "DRV-SECRET-001",
		}},
		{"deep is not looked at", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			in.Deep = false
			return d.Plan(in)
		}}, []string{"DRV-PLAN-006"}},
		{"trusts any complete status", mutant{plan: func(d driver.Driver, in driver.PlanInput) driver.Plan {
			if in.Stack != nil && strings.HasSuffix(in.Stack.Status, "_COMPLETE") {
				s := *in.Stack
				s.Status, in.Stack = "UPDATE_COMPLETE", &s
			}
			return d.Plan(in)
		}}, []string{"DRV-PLAN-008"}},
		{"forgets the id of a create", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			if in.Kind == driver.StepCreate {
				r.StackID = ""
			}
			return r
		}}, []string{"DRV-APPLY-001"}},
		{"says accepted to any stale step", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			if r.Verdict == driver.Stale {
				r.Verdict = driver.Accepted
			}
			return r
		}}, []string{"DRV-APPLY-004", "DRV-APPLY-005", "DRV-APPLY-006"}},
		{"tags in another order, with one more", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			in.Tags = append([]string{"toy"}, in.Tags...)
			return d.Apply(ctx, in, p)
		}}, []string{"DRV-APPLY-003"}},
		{"tries again what was ambiguous", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			if r.Verdict == driver.Ambiguous && ctx.Err() == nil {
				r = d.Apply(ctx, in, p)
			}
			return r
		}}, []string{"DRV-APPLY-008"}},
		{"refused where nobody knows", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			if r.Verdict == driver.Ambiguous {
				r.Verdict = driver.Refused
			}
			return r
		}}, []string{"DRV-APPLY-008"}},
		{"a fault without a person", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			r.Fault.Who = ""
			return r
		}}, []string{"DRV-APPLY-009"}},
		{"the timeout is in the stack", mutant{stack: func(in driver.RenderInput, s *heatstack.Stack) {
			s.Parameters["colour"] = fmt.Sprint(in.Cluster.Labels["colour"], in.Cluster.TimeoutMinutes)
		}}, []string{"DRV-RENDER-004"}},
		{"secrets are not used by id", mutant{stack: func(_ driver.RenderInput, s *heatstack.Stack) {
			s.Secrets, s.Parameters["token"] = nil, ""
		}}, nil},
		{"one write too many", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			r := d.Apply(ctx, in, p)
			if r.Verdict == driver.Accepted && in.Kind == driver.StepUpdate {
				send(ctx, http.MethodPatch, in)
			}
			return r
		}}, []string{"DRV-APPLY-002"}},
		{"a delete of what is gone is stale", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			lines := 0
			r := d.Apply(ctx, in, func(line string) { lines++; p(line) })
			if in.Kind == driver.StepDelete && lines < 3 {
				r.Verdict = driver.Stale
			}
			return r
		}}, []string{"DRV-APPLY-007"}},
		{"a failed read may have been a write", mutant{apply: func(ctx context.Context, d driver.Driver, in driver.ApplyInput, p func(string)) driver.Result {
			lines := 0
			r := d.Apply(ctx, in, func(line string) { lines++; p(line) })
			if r.Verdict == driver.Refused && lines < 2 {
				r.Verdict = driver.Ambiguous
			}
			return r
		}}, []string{"DRV-APPLY-010"}},
		{"a server that a boot text replaces", mutant{template: func(resources map[string]any) {
			resources["node"] = map[string]any{"type": "OS::Nova::Server", "properties": map[string]any{"image": "x", "flavor": "y", "user_data": "z"}}
		}}, []string{"DRV-PLAN-003", "DRV-PLAN-004", "DRV-PLAN-006", "DRV-PLAN-007", "DRV-APPLY-013"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Driver = heatstack.New(toy{change: c.m.stack, own: c.m.own}, heatstack.WithTransport(rewriting{c.m.template}))
			var failed []string
			for _, v := range drivertest.Examine(t.Context(), c.m, options()) {
				if v.Err != nil {
					failed = append(failed, v.ID)
					t.Log(v.ID, v.Err)
				}
			}
			if diff := cmp.Diff(c.want, failed); diff != "" {
				t.Errorf("failed cases (-want +got):\n%s", diff)
			}
		})
	}
}

// send makes a request of its own, as no driver should.
func send(ctx context.Context, method string, in driver.ApplyInput) {
	url := in.Credential.Endpoints["orchestration"] + "/stacks/" + in.StackName + "/" + in.StackID
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("{}"))
	if err != nil {
		return
	}
	req.Header.Set("X-Auth-Token", in.Credential.Token)
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
	}
}

// rewriting changes the resources of every template on its way.
type rewriting struct{ change func(map[string]any) }

func (w rewriting) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.change == nil || r.Body == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	if template, ok := body["template"].(map[string]any); ok {
		w.change(template["resources"].(map[string]any))
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return http.DefaultTransport.RoundTrip(sent)
}
