package carry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// Health asks how a cluster is.
func (c *Carrier) Health(cmd reconcile.ReadHealth) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.HealthRead{ID: cmd.ID, Health: reconcile.Unknown}
		d, err := c.drivers.Driver(cmd.Driver)
		if err == nil {
			err = c.healthWith(ctx, d, cmd, &ev)
		}
		if err != nil {
			ev = reconcile.HealthRead{ID: cmd.ID, Health: reconcile.Unknown, Fault: c.healthFault(cmd.Driver, err)}
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}

// healthFault tells a store that has no answer from a driver that has none.
func (c *Carrier) healthFault(driver string, err error) *reconcile.Fault {
	if _, ok := errors.AsType[*secretstore.Error](err); ok {
		return secretFault(err)
	}
	return brokenDriver(driver, fmt.Errorf("health: %w", err))
}

func (c *Carrier) healthWith(ctx context.Context, d Driver, cmd reconcile.ReadHealth, ev *reconcile.HealthRead) error {
	in := driver.HealthInput{Cluster: ClusterOf(c.fleet, cmd.Spec), Stack: StackOf(cmd.Row), APIAddress: cmd.APIAddress}
	parts, err := c.outputsOf(ctx, cmd.Row)
	if err != nil {
		return err
	}
	in.Parts = PartsOf(parts)
	if err := c.clientOf(ctx, cmd, &in); err != nil {
		return err
	}
	r, err := d.CheckHealth(ctx, in)
	if err != nil {
		return err
	}
	c.console(ctx, &r)
	if ev.Health, err = word(healths, "health", r.Health); err != nil {
		return err
	}
	ev.Reasons = r.Reasons
	for _, n := range r.Nodes {
		if n.Ready {
			ev.Nodes++
		}
	}
	return nil
}

// kubernetesCA is the secret that signs who may ask a cluster's API.
const kubernetesCA = "kubernetes-ca"

// healthClient is whom CheckHealth asks as, for as long as one call may take.
var healthClient = pki.Client{User: "heatsync-health", Groups: []string{"system:masters"}, Validity: 10 * time.Minute}

// clientOf signs the client that a driver asks the cluster with. The CA's key
// stays here.
func (c *Carrier) clientOf(ctx context.Context, cmd reconcile.ReadHealth, in *driver.HealthInput) error {
	if c.secrets == nil || !slices.ContainsFunc(cmd.Secrets, func(s reconcile.SecretID) bool { return s.Name == kubernetesCA }) {
		return nil
	}
	a, err := c.sign(ctx, cmd.Cluster)
	if err == nil && len(a.CACertificatePEM) == 0 {
		err = errors.New("the cluster's set of secrets has no " + kubernetesCA)
	}
	in.CACertificatePEM, in.ClientCertificatePEM, in.ClientKeyPEM = a.CACertificatePEM, a.ClientCertificatePEM, a.ClientKeyPEM
	return err
}

// outputsRead keeps stacks' outputs by state of the stack: Heat takes seconds for
// those of a big one, and they move with an update alone. It is safe for
// concurrent use.
type outputsRead struct {
	mu   sync.Mutex
	held map[string]outputsAt // by stack id
}

type outputsAt struct {
	updated time.Time
	parts   live.Parts
}

// mostOutputs bounds what is kept; then it begins anew.
const mostOutputs = 10_000

// outputsOf gives a stack's outputs, read once for each state of it.
func (c *Carrier) outputsOf(ctx context.Context, row live.Row) (live.Parts, error) {
	o := &c.outputs
	o.mu.Lock()
	at, ok := o.held[row.ID]
	o.mu.Unlock()
	if ok && at.updated.Equal(row.Updated) {
		return at.parts, nil
	}
	parts, err := c.cloud.ReadParts(ctx, row.Name, row.ID, []live.Part{live.PartOutputs})
	if err != nil {
		return live.Parts{}, fmt.Errorf("read the stack's outputs: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil || len(o.held) >= mostOutputs {
		o.held = map[string]outputsAt{}
	}
	o.held[row.ID] = outputsAt{row.Updated, parts}
	return parts, nil
}
