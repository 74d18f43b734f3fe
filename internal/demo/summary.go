package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// planAgain asks for a plan as an operator would, and wants it empty.
func (s *stage) planAgain(ctx context.Context) Check {
	p, err := s.options.Agent.Plan(ctx, s.config)
	c := Check{Name: "plan", Detail: strings.Join(strings.Fields(p.Text), " ")}
	switch {
	case err != nil:
		c.Detail = err.Error()
	case p.Failed:
		c.Detail = "could not be planned: " + c.Detail
	case p.Pending:
		c.Detail = "planning again finds something to do: " + c.Detail
	default:
		c.OK = true
	}
	return c
}

// count takes down how the clusters stand, and what the agent asked of the cloud in all.
func (s *stage) count(ctx context.Context, r *Result) {
	if f, err := s.status(context.WithoutCancel(ctx)); err == nil {
		r.Clusters = f.Clusters
	}
	t := &r.Totals
	for _, x := range s.cloud.agentWrites(0) {
		switch x.Method {
		case http.MethodPost:
			t.Creates++
		case http.MethodDelete:
			t.Deletes++
		default:
			t.Updates++
		}
	}
	t.Requests = s.cloud.sim.Count("")
}

func (s *stage) summary(r Result) {
	t := r.Totals
	word := s.screen.paint(green, "all is as it should be")
	if t.Failed > 0 {
		word = s.screen.paint(red, r.Error)
	}
	s.screen.line("\n%s: %d steps, %d commits, %d checks (%d failed) in %.1f s; the agent made %d stacks, changed %d times, deleted %d",
		word, t.Steps, t.Commits, t.Checks, t.Failed, r.Seconds, t.Creates, t.Updates, t.Deletes)
	switch {
	case s.options.Keep:
		s.screen.line("its files stay in %s", s.dir)
	case t.Failed > 0:
		s.screen.line("with --keep its files stay, the agent's log among them")
	}
}

// progressLine is all clusters in one line.
func progressLine(f reconcile.FleetStatus, d time.Duration) string {
	parts := []string{fmt.Sprintf("  %5.1fs", d.Seconds())}
	for _, c := range f.Clusters {
		parts = append(parts, fmt.Sprintf("%s: %s", c.Name, shown{c.Outcome, c.Code}))
	}
	return strings.Join(parts, "  ")
}
