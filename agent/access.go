package agent

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/agent/access"
	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/plugins/driver"
)

// ClusterOf opens a cluster for people, by the agent's config; fleet "" is the
// only one. It reads nothing yet. The caller closes its Project.
func ClusterOf(configFile, fleet, name string) (access.Cluster, config.Config, error) {
	_, c, err := readConfig(configFile)
	if err != nil {
		return access.Cluster{}, c, err
	}
	f, err := access.FleetOf(c, fleet)
	if err != nil {
		return access.Cluster{}, c, err
	}
	f.ReadOnly = true
	p := carry.NewProject(cloudOptions(f, nil))
	out := access.Cluster{Fleet: f.Name, Name: name, Project: p}
	if s := secretsOf(c, f, p, slog.New(slog.DiscardHandler)); s != nil {
		out.Store = s
	}
	return out, c, nil
}

// Environment starts the pinned drivers for a moment and asks the one that made the
// cluster's stack what a client needs.
func Environment(ctx context.Context, c config.Config, cluster access.Cluster) (driver.Access, error) {
	m, err := metrics.New(prometheus.NewRegistry(), nil)
	if err != nil {
		return driver.Access{}, err
	}
	h, err := openHost(c.Drivers, "", callsOf(c), newDriverBook(), m, slog.New(slog.DiscardHandler))
	if err != nil {
		return driver.Access{}, err
	}
	defer h.close()
	h.settle(ctx)
	return cluster.Environment(ctx, func(name string) (access.Giver, error) {
		d, err := h.host.Driver(name)
		if err != nil {
			return nil, fmt.Errorf("driver %q: %w", name, err)
		}
		return d, nil
	})
}
