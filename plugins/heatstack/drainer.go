package heatstack

import (
	"context"
	"strings"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// Drainer is a Template whose nodes are emptied before an update takes them away.
// The groups it is asked for are those of [Stack.Groups].
type Drainer interface {
	// Unreachable says why the nodes of a cluster can be neither read nor emptied
	// ("it has no floating IP", "its document says so"), "" where they can. Pure.
	// Nodes then go as Heat takes them, but for those that people name by server
	// id, and the plan says so.
	Unreachable(driver.Cluster) string
	// Choose names count nodes of a group that go. nodes are the group's servers,
	// each with what the cluster says of it; one that never joined has no name.
	// Pure, and no more are named than asked. It is not asked where all go.
	Choose(c driver.Cluster, group string, nodes []driver.Node, count int) ([]driver.Node, []driver.Diagnostic)
	// Drain is one round of emptying the nodes of a step. It waits for nothing and
	// is asked again while there is something it waits for, told for people.
	Drain(ctx context.Context, in driver.ApplyInput) (waitsFor []string, fault *driver.Fault)
}

// Cleaner is a Template whose clusters make things in the cloud beside their
// stack, which have to go before it.
type Cleaner interface {
	// Clean is one round, as Drainer.Drain. Of the cluster only fleet and name may
	// be known; held are the parameters of its stack as Heat shows them.
	Clean(ctx context.Context, in driver.ApplyInput, held map[string]string) (waitsFor []string, fault *driver.Fault)
}

// Group says how a node group stands in the template, for a [Drainer].
type Group struct {
	Count   string // parameter: how many nodes the group has
	Remove  string // parameter, a comma_delimited_list with an empty default: ids of the servers that go
	Servers string // output: the ids of the group's servers, a list or a map of members to ids; "output.key" where it is a map that has them at key
}

// output is the one that Servers names.
func (g Group) output() string {
	name, _, _ := strings.Cut(g.Servers, ".")
	return name
}

// drain is one round of a step that empties or cleans.
func (w *write) drain(ctx context.Context, author Template) driver.Result {
	round := w.roundOf(author)
	if round == nil {
		return refused("driver", "operator", "the driver does not know this kind of step", "take a driver of the agent's release")
	}
	row, end, ok := w.planned(ctx)
	if !ok {
		return end
	}
	waits, fault := round(ctx, row)
	if fault != nil {
		return driver.Result{Verdict: driver.Refused, StackID: row.ID, Fault: *fault}
	}
	return driver.Result{Verdict: driver.Accepted, StackID: row.ID, Pending: len(waits) > 0, WaitsFor: fewOf(waits)}
}

// roundOf is what the author does for one round of the step, nil for nothing.
func (w *write) roundOf(author Template) func(context.Context, row) ([]string, *driver.Fault) {
	if d, ok := author.(Drainer); ok && w.in.Intent == driver.IntentPresent {
		return func(ctx context.Context, _ row) ([]string, *driver.Fault) { return d.Drain(ctx, w.in) }
	}
	c, ok := author.(Cleaner)
	if !ok || w.in.Intent != driver.IntentAbsent {
		return nil
	}
	return func(ctx context.Context, row row) ([]string, *driver.Fault) {
		shown, err := w.heat.Show(ctx, heat.Ref{Name: row.Name, ID: row.ID}, false)
		if err != nil {
			f := faultOf(err)
			return nil, &f
		}
		return c.Clean(ctx, w.in, shown.Parameters)
	}
}

// fewOf tells the first of many.
func fewOf(waits []string) string {
	const most = 5
	if len(waits) > most {
		waits = append(append([]string{}, waits[:most]...), "and more")
	}
	return strings.Join(waits, "; ")
}
