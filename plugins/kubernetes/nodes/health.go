package nodes

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Options say how to ask a cluster for its health.
type Options struct {
	API driver.ClusterAPI
	// Unreachable says why the agent cannot reach the API at all ("the cluster has
	// no floating IP"), "" where it can.
	Unreachable string
	// Booting: the cluster is so young that its API may not be up yet.
	Booting bool
	// Facts: pods and blocked evictions are wanted too. Where they cannot be read,
	// the report has no nodes.
	Facts bool
	// Console is the server whose console is likely to say why nobody answers, or
	// why no node joined; "": not known.
	Console string
	Timeout time.Duration // of the whole call; 0: ten seconds
}

// Check asks a cluster how it is: its API server's own checks and its nodes, at
// once, in no more than the timeout. The reasons are Magnum's: "api" is "ok" or
// what is wrong, "NODE.Ready" is True or False; beside them "NODE.Reason" says why
// a node is not ready, and "api.CHECK" which of the API server's checks fails.
func Check(ctx context.Context, o Options) driver.HealthReport {
	if o.Unreachable != "" {
		return unknown(o.Unreachable)
	}
	client, err := Dial(o.API)
	if err != nil {
		return unknown(err.Error())
	}
	defer client.Close()
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return client.check(ctx, o)
}

func unknown(why string) driver.HealthReport {
	return driver.HealthReport{Health: driver.Unknown, Reasons: map[string]string{"api": why}}
}

// look is all that was asked, each part with its own end.
type look struct {
	checks  []string // of the API server that fail
	api     error
	nodes   []corev1.Node
	listed  error
	pods    []corev1.Pod
	budgets []policyv1.PodDisruptionBudget
	facts   error
}

// check asks for everything at once. Whoever answers too late is not waited for.
func (c *Client) check(ctx context.Context, o Options) driver.HealthReport {
	var l look
	parts := []func(){
		func() { l.checks, l.api = c.ready(ctx) },
		func() { l.nodes, l.listed = c.nodes(ctx) },
	}
	if o.Facts {
		parts = append(parts, func() { l.pods, l.budgets, l.facts = c.load(ctx) })
	}
	ended := make(chan struct{}, len(parts))
	for _, part := range parts {
		go func() { part(); ended <- struct{}{} }()
	}
	for range parts { // each request ends with ctx
		<-ended
	}
	return l.report(o)
}

func (c *Client) load(ctx context.Context) ([]corev1.Pod, []policyv1.PodDisruptionBudget, error) {
	pods, err := c.pods(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	budgets, err := c.budgets(ctx)
	return pods, budgets, err
}

// report makes a verdict of what was seen.
func (l look) report(o Options) driver.HealthReport {
	r := driver.HealthReport{Health: driver.Healthy, Reasons: map[string]string{"api": "ok"}}
	l.reportAPI(o, &r)
	l.reportNodes(o, &r)
	return r
}

func (l look) reportAPI(o Options, r *driver.HealthReport) {
	switch {
	case l.api != nil:
		c := causeOf(l.api)
		r.Health = driver.Unknown
		r.Reasons["api"] = "the API at " + o.API.Address + ": " + c.text
		if c.silent && o.Booting {
			r.Reasons["api"] += "; the cluster is young and may still be booting"
		} else if c.silent {
			r.Health = driver.Unhealthy
		}
		if c.silent {
			r.ConsoleServerID = o.Console
		}
	case len(l.checks) > 0:
		r.Health = driver.Unhealthy
		if o.Booting {
			r.Health = driver.Unknown
		}
		r.Reasons["api"] = "not ready: " + strings.Join(l.checks, ", ")
		for _, name := range l.checks {
			r.Reasons["api."+name] = "failed"
		}
	}
}

func (l look) reportNodes(o Options, r *driver.HealthReport) {
	if l.listed != nil {
		if l.api == nil {
			r.Reasons["nodes"] = "the nodes cannot be read: " + causeOf(l.listed).text
			r.Health = worse(r.Health, driver.Unknown)
		}
		return
	}
	var facts []driver.Node
	for _, n := range l.nodes {
		f := FactsOf(n)
		facts = append(facts, f)
		if !f.DrainSince.IsZero() {
			r.Reasons[n.Name+".Drain"] = "it is being emptied, or was and is not to go any more: then uncordon it"
		}
		if f.Ready {
			r.Reasons[n.Name+".Ready"] = "True"
			continue
		}
		r.Reasons[n.Name+".Ready"], r.Reasons[n.Name+".Reason"] = "False", unready(n)
		r.Health = worse(r.Health, driver.Unhealthy)
	}
	if len(facts) == 0 {
		r.Reasons["nodes"] = "none has joined the cluster"
		r.ConsoleServerID = o.Console
		if o.Booting {
			r.Health = worse(r.Health, driver.Unknown)
		} else {
			r.Health = worse(r.Health, driver.Unhealthy)
		}
	}
	if l.facts != nil {
		r.Reasons["pods"] = "the pods cannot be read: " + causeOf(l.facts).text
		return
	}
	countPods(facts, l.pods, l.budgets)
	slices.SortFunc(facts, func(a, b driver.Node) int { return strings.Compare(a.Name, b.Name) })
	r.Nodes = facts
}

// worse keeps what is known to be wrong over what is not known.
func worse(a, b driver.Health) driver.Health {
	if a == driver.Unhealthy || b == driver.Unhealthy {
		return driver.Unhealthy
	}
	if a == driver.Unknown || b == driver.Unknown {
		return driver.Unknown
	}
	return driver.Healthy
}
