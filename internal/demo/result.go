package demo

import "github.com/heatsync/heatsync/reconcile"

// Result tells how a tour went.
type Result struct {
	OK       bool                      `json:"ok"`
	Error    string                    `json:"error,omitempty"` // why it ended early or is not ok
	Seconds  float64                   `json:"seconds"`
	Steps    []StepResult              `json:"steps"`
	Clusters []reconcile.ClusterStatus `json:"clusters"` // at the end, as GET /api/v1/clusters shows them
	Totals   Totals                    `json:"totals"`
}

// StepResult tells how one step went.
type StepResult struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Commit  string  `json:"commit,omitempty"` // the whole hash; "" for a step without one
	Seconds float64 `json:"seconds"`
	OK      bool    `json:"ok"`
	Checks  []Check `json:"checks"`
}

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Totals count over the whole tour.
type Totals struct {
	Steps    int `json:"steps"`
	Commits  int `json:"commits"`
	Checks   int `json:"checks"`
	Failed   int `json:"failed"`   // checks
	Creates  int `json:"creates"`  // requests of the agent that made a stack
	Updates  int `json:"updates"`  // that changed one
	Deletes  int `json:"deletes"`  // that deleted one
	Requests int `json:"requests"` // to the simulated cloud, of any kind and by anybody
}

func (r *Result) add(s StepResult) {
	r.Steps = append(r.Steps, s)
	r.Totals.Steps++
	if s.Commit != "" {
		r.Totals.Commits++
	}
	for _, c := range s.Checks {
		r.Totals.Checks++
		if !c.OK {
			r.Totals.Failed++
		}
	}
}
