package heatstack

import (
	"context"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// row is what a step needs to know of a stack as Heat's list shows it.
type row struct {
	ID, Name, Status string
	Tags             []string
	Updated          time.Time
}

// find reads every live stack of the step's name: one request.
func (w *write) find(ctx context.Context) ([]row, driver.Result, bool) {
	w.progress("look for stack " + w.in.StackName)
	all, err := w.heat.Find(ctx, w.in.StackName)
	if err != nil {
		return nil, w.unread(err), false
	}
	var rows []row
	for _, r := range all {
		if r.Deleted.IsZero() {
			rows = append(rows, row{ID: r.ID, Name: r.Name, Status: r.Status.String(), Tags: r.Tags, Updated: r.Updated})
		}
	}
	return rows, driver.Result{}, true
}

// planned finds the one stack that the plan saw, as the plan saw it.
func (w *write) planned(ctx context.Context) (row, driver.Result, bool) {
	rows, end, ok := w.find(ctx)
	if !ok {
		return row{}, end, false
	}
	return w.held(rows)
}

// held checks the precondition. A stack that carries the wanted digest since
// then has taken this very step.
func (w *write) held(rows []row) (row, driver.Result, bool) {
	want := w.in.Precondition
	switch {
	case want.Absent:
		return row{}, stale("", "the plan saw no stack"), false
	case len(rows) == 0:
		return row{}, stale("", fmt.Sprintf("stack %q is not there any more", w.in.StackName)), false
	case len(rows) > 1:
		return row{}, stale("", fmt.Sprintf("there are %d stacks called %q", len(rows), w.in.StackName)), false
	}
	r := rows[0]
	digest := digestTag(r.Tags)
	switch {
	case r.ID != want.ID || r.ID != w.in.StackID:
		return r, stale(r.ID, "the name belongs to another stack by now"), false
	case w.in.Kind != driver.StepDelete && digest == w.in.Digest && digest != want.Digest:
		w.progress("stack " + r.Name + " has taken this step already")
		return r, driver.Result{Verdict: driver.Accepted, StackID: r.ID}, false
	case r.Status != want.Status:
		return r, stale(r.ID, fmt.Sprintf("the stack is %s, not %s as planned", r.Status, want.Status)), false
	case digest != want.Digest:
		return r, stale(r.ID, "the stack carries another digest than was planned"), false
	case !r.Updated.Equal(want.Updated):
		return r, stale(r.ID, "the stack was updated since it was planned"), false
	}
	return r, driver.Result{}, true
}
