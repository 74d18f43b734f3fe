package carry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// clusterClient signs a client of a cluster's own API, for minutes. A cluster
// without a set of secrets, or whose set has no such CA, gets none.
func (c *Carrier) clusterClient(ctx context.Context, cluster string) (driver.ClusterAPI, error) {
	if c.secrets == nil {
		return driver.ClusterAPI{}, nil
	}
	set, err := c.secrets.Get(ctx, c.owner(cluster))
	if errors.Is(err, secretstore.ErrNone) {
		return driver.ClusterAPI{}, nil
	}
	if err != nil {
		return driver.ClusterAPI{}, err
	}
	v, ok := set.Find(kubernetesCA)
	if !ok {
		return driver.ClusterAPI{}, nil
	}
	ca, err := pki.ReadCA(v.Value)
	if err != nil {
		return driver.ClusterAPI{}, err
	}
	a := driver.ClusterAPI{CACertificatePEM: ca.CertificatePEM()}
	a.ClientCertificatePEM, a.ClientKeyPEM, err = ca.SignClient(healthClient, c.now())
	return a, err
}

// clusterAPI is what a step, or a reading of nodes, reaches a cluster with.
func (c *Carrier) clusterAPI(ctx context.Context, cluster, address string) (driver.ClusterAPI, error) {
	a, err := c.sign(ctx, cluster)
	if err != nil {
		return driver.ClusterAPI{}, fmt.Errorf("certificates for cluster %q: %w", cluster, err)
	}
	a.Address = address
	return a, nil
}

// withNodes reads the nodes of a cluster through its driver, with what was read
// of its stack. There are all of them or a fault.
func (c *Carrier) withNodes(ctx context.Context, cmd reconcile.ReadParts, p live.Parts) (live.Parts, *reconcile.Fault) {
	d, err := c.drivers.Driver(cmd.Driver)
	if err != nil {
		return p, brokenDriver(cmd.Driver, err)
	}
	in, err := c.healthInput(ctx, cmd, p)
	if err != nil {
		return p, unreadNodes(OneLine(err))
	}
	r, err := d.CheckHealth(ctx, in)
	if err != nil {
		return p, brokenDriver(cmd.Driver, fmt.Errorf("nodes: %w", err))
	}
	if len(r.Nodes) == 0 {
		return p, unreadNodes(whyUnread(r.Reasons))
	}
	for _, n := range r.Nodes {
		p.Nodes = append(p.Nodes, live.Node(n))
	}
	p.Read = append(p.Read, live.PartNodes)
	return p, nil
}

func (c *Carrier) healthInput(ctx context.Context, cmd reconcile.ReadParts, p live.Parts) (driver.HealthInput, error) {
	api, err := c.clusterAPI(ctx, cmd.Cluster, "")
	in := driver.HealthInput{
		Cluster: ClusterOf(c.fleet, cmd.Spec), Parts: PartsOf(p), Facts: true,
		CACertificatePEM: api.CACertificatePEM, ClientCertificatePEM: api.ClientCertificatePEM, ClientKeyPEM: api.ClientKeyPEM,
	}
	if cmd.Row != nil {
		in.Stack = StackOf(*cmd.Row)
	}
	return in, err
}

func unreadNodes(why string) *reconcile.Fault {
	return &reconcile.Fault{
		Code: reconcile.FaultDependency, Who: reconcile.Operator, Transient: true,
		Summary: "the cluster's nodes cannot be read, and some are to go: " + why,
		Remedy:  "mend the cluster's API, or have its document say that nodes go without being emptied",
	}
}

// whyUnread finds what a driver says instead of nodes.
func whyUnread(reasons map[string]string) string {
	for _, part := range []string{"pods", "nodes", "api"} {
		if why := reasons[part]; why != "" && why != "ok" {
			return why
		}
	}
	return "the driver names none"
}

// fromHeat are the parts that Heat is asked for.
func fromHeat(parts []live.Part) []live.Part {
	return slices.DeleteFunc(slices.Clone(parts), func(p live.Part) bool { return p == live.PartNodes })
}

func nodesOf(nodes []live.Node) []driver.Node {
	var out []driver.Node
	for _, n := range nodes {
		out = append(out, driver.Node(n))
	}
	return out
}

func stepNodes(nodes []driver.Node) []plan.Node {
	var out []plan.Node
	for _, n := range nodes {
		out = append(out, plan.Node{Name: n.Name, ServerID: n.ServerID, Group: n.Group})
	}
	return out
}

func nodesOfStep(nodes []plan.Node) []driver.Node {
	var out []driver.Node
	for _, n := range nodes {
		out = append(out, driver.Node{Name: n.Name, ServerID: n.ServerID, Group: n.Group})
	}
	return out
}
