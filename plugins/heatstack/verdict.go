package heatstack

import (
	"errors"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// ended says how the one write ended.
func (w *write) ended(id string, err error) driver.Result {
	switch {
	case err == nil:
		w.progress("Heat has taken it")
		return driver.Result{Verdict: driver.Accepted, StackID: id}
	case errors.Is(err, heat.ErrExists):
		return driver.Result{Verdict: driver.Stale, Fault: faultOf(err)}
	case errors.Is(err, heat.ErrNotFound):
		return driver.Result{Verdict: driver.Stale, StackID: id, Fault: faultOf(err)}
	}
	verdict := driver.Refused
	if heat.Classify(err).Ambiguous() {
		verdict = driver.Ambiguous
	}
	return driver.Result{Verdict: verdict, StackID: id, Fault: faultOf(err)}
}

// unread says that a read before the write failed: nothing was sent.
func (w *write) unread(err error) driver.Result {
	return driver.Result{Verdict: driver.Refused, StackID: w.in.StackID, Fault: faultOf(err)}
}

// faultOf tells the meaning the Heat client gives an error in the agent's words.
func faultOf(err error) driver.Fault {
	f := heat.Classify(err)
	return driver.Fault{
		Code: string(f.Code.Outcome()), Who: string(f.Who), Summary: err.Error(), Remedy: f.Remedy,
		Transient: f.Transient, RetryAfter: f.RetryAfter,
	}
}

// refused ends a step before anything was sent.
func refused(code, who, summary, remedy string) driver.Result {
	return driver.Result{Verdict: driver.Refused, Fault: driver.Fault{Code: code, Who: who, Summary: summary, Remedy: remedy}}
}

// stale ends a step whose plan does not hold any more: the agent plans again.
func stale(id, summary string) driver.Result {
	return driver.Result{Verdict: driver.Stale, StackID: id, Fault: driver.Fault{
		Code: "conflict", Who: "nobody", Summary: summary, Remedy: "nothing to do: it is planned again", Transient: true,
	}}
}
