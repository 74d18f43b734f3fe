package nodes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// roundTime bounds one round of a step.
const roundTime = time.Minute

// DrainStep is one round over the nodes of a step, as heatstack's Drainer wants
// it. All are cordoned before the first pod is asked away: it must not move to
// the next that goes. A server that never joined has nothing to lose. A node that
// an earlier choice had emptied and this one leaves is given back.
func DrainStep(ctx context.Context, in driver.ApplyInput, o DrainOptions) (waitsFor []string, fault *driver.Fault) {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	var joined []driver.Node
	for _, n := range in.Nodes {
		if n.Name != "" {
			joined = append(joined, n)
		}
	}
	if len(joined) == 0 {
		return nil, nil
	}
	client, err := Dial(in.API)
	if err != nil {
		return nil, faultOf(err)
	}
	defer client.Close()
	for _, n := range joined {
		if _, _, _, err := client.cordon(ctx, n, o.now()); err != nil {
			return nil, faultOf(err)
		}
	}
	if err := client.releaseOthers(ctx, joined); err != nil {
		return nil, faultOf(err)
	}
	var stalled error
	for _, n := range joined {
		done, blocked, err := Drain(ctx, client, n, o)
		switch {
		case errors.Is(err, ErrStalled):
			stalled = errors.Join(stalled, err)
		case err != nil:
			return nil, faultOf(err)
		case len(blocked) > 0:
			waitsFor = append(waitsFor, blocked...)
		case !done:
			waitsFor = append(waitsFor, fmt.Sprintf("pods of node %q end", n.Name))
		}
	}
	if stalled != nil {
		return nil, faultOf(stalled)
	}
	return waitsFor, nil
}

// faultOf reads an error of a round in the agent's words.
func faultOf(err error) *driver.Fault {
	if errors.Is(err, ErrStalled) {
		return &driver.Fault{
			Code: "dependency", Who: "author", Summary: oneLine(err),
			Remedy: "loosen the budget or end the pod; the nodes stay cordoned, and the drain goes on from there",
		}
	}
	f := &driver.Fault{Code: "unavailable", Who: "operator", Transient: true, Summary: err.Error(), Remedy: "look at the cluster's API; it is tried again"}
	if statusOf(err) == 0 && errors.Unwrap(err) == nil {
		return f // of Dial: it says all
	}
	// What the request says besides may be a server's words.
	f.Summary = "the cluster's API: " + causeOf(err).text
	return f
}

// oneLine joins errors that errors.Join puts on lines of their own.
func oneLine(err error) string { return plain(err.Error()) }
