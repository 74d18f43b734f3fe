package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/internal/secretstore"
	"github.com/heatsync/heatsync/reconcile/live"
)

// Cluster is one cluster of one fleet, with its cloud and its secret store.
type Cluster struct {
	Fleet, Name string
	Project     *carry.Project
	Store       secretstore.Store // nil: none is configured
}

// secret is the name of an authority's secret.
func secret(authority string) string { return strings.ReplaceAll(authority, "_", "-") + "-ca" }

// Authorities are what a cluster's certificates may be of.
var Authorities = []string{"kubernetes", "etcd", "front-proxy"}

// FleetOf gives the fleet of that name; "" is the only one.
func FleetOf(c config.Config, name string) (config.Fleet, error) {
	var names []string
	for _, f := range c.Fleets {
		if f.Name == name || name == "" && len(c.Fleets) == 1 {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if name == "" {
		return config.Fleet{}, fmt.Errorf("name one with --fleet: the config has %s", strings.Join(names, ", "))
	}
	return config.Fleet{}, fmt.Errorf("the config has no fleet %q, only %s", name, strings.Join(names, ", "))
}

// CA reads one of the cluster's authorities. The error is secretstore.ErrNone,
// wrapped, where the cluster has no set or no such secret in it.
func (c Cluster) CA(ctx context.Context, authority string) (*pki.CA, error) {
	if !slices.Contains(Authorities, strings.ReplaceAll(authority, "_", "-")) {
		return nil, fmt.Errorf("--type %q is none of %s", authority, strings.Join(Authorities, ", "))
	}
	if c.Store == nil {
		return nil, fmt.Errorf("no secret store is configured: %w", secretstore.ErrNone)
	}
	set, err := c.Store.Get(ctx, secretstore.Owner{Fleet: c.Fleet, Cluster: c.Name})
	if err != nil {
		return nil, fmt.Errorf("cluster %q of fleet %q: %w", c.Name, c.Fleet, withRemedy(err))
	}
	v, ok := set.Find(secret(authority))
	if !ok {
		return nil, fmt.Errorf("cluster %q of fleet %q has no secret %q: %w", c.Name, c.Fleet, secret(authority), secretstore.ErrNone)
	}
	ca, err := pki.ReadCA(v.Value)
	if err != nil {
		return nil, fmt.Errorf("secret %q of cluster %q: %w", v.Name, c.Name, err)
	}
	return ca, nil
}

// withRemedy adds what to do to a store's error.
func withRemedy(err error) error {
	if e, ok := errors.AsType[*secretstore.Error](err); ok && e.Remedy != "" {
		return fmt.Errorf("%w (%s)", err, e.Remedy)
	}
	return err
}

// stack reads the cluster's stack and its outputs.
func (c Cluster) stack(ctx context.Context) (live.Row, live.Parts, error) {
	row, err := c.Project.Stack(ctx, c.Fleet, c.Name)
	if err != nil {
		return live.Row{}, live.Parts{}, err
	}
	parts, err := c.Project.ReadParts(ctx, row.Name, row.ID, []live.Part{live.PartOutputs})
	return row, parts, err
}
