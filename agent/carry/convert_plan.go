package carry

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// planOf reads a driver's plan. An error says that the driver does not keep the
// contract.
func planOf(p driver.Plan) (plan.Plan, error) {
	out := plan.Plan{
		Digest: p.Digest,
		Facts:  plan.Facts{Known: p.Facts.Known, APIAddress: p.Facts.APIAddress, NodesLive: p.Facts.NodesLive},
	}
	for _, c := range p.Changes {
		effect, err := word(effects, "effect", c.Effect)
		if err != nil {
			return plan.Plan{}, err
		}
		out.Changes = append(out.Changes, plan.Change{Path: c.Path, From: c.From, To: c.To, Effect: effect, Drift: c.Drift})
	}
	for _, s := range p.Steps {
		step, err := stepOf(s)
		if err != nil {
			return plan.Plan{}, err
		}
		out.Steps = append(out.Steps, step)
	}
	var err error
	out.Diagnostics, err = diagnosticsOf(p.Diagnostics)
	return out, err
}

func stepOf(s driver.Step) (plan.Step, error) {
	kind, err := word(stepKinds, "kind of step", s.Kind)
	if err != nil {
		return plan.Step{}, err
	}
	disruption, err := word(effects, "disruption", s.Disruption)
	if err != nil {
		return plan.Step{}, err
	}
	if s.ID == "" {
		return plan.Step{}, errors.New("the driver answered a step without an id")
	}
	return plan.Step{ID: s.ID, Title: s.Title, Kind: kind, Disruption: disruption, Nodes: stepNodes(s.Nodes)}, nil
}

func diagnosticsOf(ds []driver.Diagnostic) ([]plan.Diagnostic, error) {
	var out []plan.Diagnostic
	for _, d := range ds {
		severity, err := word(severities, "severity", d.Severity)
		if err != nil {
			return nil, err
		}
		out = append(out, plan.Diagnostic{Severity: severity, Code: d.Code, Path: d.Path, Summary: d.Summary, Remedy: d.Remedy})
	}
	return out, nil
}

// needOf reads the parts a driver asks for. Parts that nobody knows are told as
// such: asking again would change nothing.
func needOf(need []driver.Part) ([]live.Part, error) {
	var out []live.Part
	for _, n := range need {
		p, err := word(parts, "part", n)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// faultOf reads a driver's fault. Words that are none become internal and
// nobody's, with the rest kept.
func faultOf(name string, f driver.Fault) *reconcile.Fault {
	out := reconcile.Fault{
		Code: reconcile.Code(f.Code), Who: reconcile.Who(f.Who),
		Summary: cmp.Or(f.Summary, fmt.Sprintf("driver %q gave no reason", name)), Remedy: f.Remedy,
		Transient: f.Transient, RetryAfter: int(f.RetryAfter.Seconds()),
	}
	if !faultCodes[out.Code] {
		out.Code = reconcile.FaultInternal
	}
	if !whos[out.Who] {
		out.Who = reconcile.Nobody
	}
	return &out
}

var (
	faultCodes = set(reconcile.FaultAuth, reconcile.FaultQuota, reconcile.FaultRateLimit, reconcile.FaultConflict,
		reconcile.FaultDependency, reconcile.FaultCapacity, reconcile.FaultDriver, reconcile.FaultTimeout,
		reconcile.FaultUnavailable, reconcile.FaultInternal, reconcile.FaultConfig)
	whos = set(reconcile.Author, reconcile.Operator, reconcile.Cloud, reconcile.Nobody)
)

func set[T comparable](of ...T) map[T]bool {
	out := make(map[T]bool, len(of))
	for _, v := range of {
		out[v] = true
	}
	return out
}
