package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
	"github.com/heatsync/heatsync/agent/access"
	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/internal/secretstore"
)

func accessCommand() *cobra.Command {
	var configFile, fleet, dir, user string
	var groups []string
	var ttl time.Duration
	c := &cobra.Command{
		Use: "access CLUSTER", Short: "Let a client into a cluster", Args: cobra.ExactArgs(1), GroupID: "access",
		Long: "Sign a client certificate with the cluster's authority, write DIR/config, a kubeconfig, and print the\n" +
			"line that makes kubectl use it. For clusters of other kinds print what their client needs in its\n" +
			"environment. It reads the agent's config, secret store and cloud, and needs no running agent.",
		RunE: func(c *cobra.Command, args []string) error {
			if ttl <= 0 {
				return errors.New("--ttl must be above 0")
			}
			cluster, cfg, err := agent.ClusterOf(configFile, fleet, args[0])
			if err != nil {
				return err
			}
			defer cluster.Project.Close()
			text, err := cluster.Kubeconfig(c.Context(), pki.Client{User: user, Groups: groups, Validity: ttl}, time.Now())
			if err != nil && !errors.Is(err, secretstore.ErrNone) {
				return err
			}
			if err == nil {
				return writeKubeconfig(c, dir, text)
			}
			a, e := agent.Environment(c.Context(), cfg, cluster)
			if e != nil {
				return fmt.Errorf("%w; and no driver says how it is reached: %w", err, e)
			}
			if len(a.Environment) == 0 {
				return err
			}
			for _, name := range slices.Sorted(maps.Keys(a.Environment)) {
				fmt.Fprintf(c.OutOrStdout(), "export %s=%s\n", name, shellQuoted(a.Environment[name]))
			}
			return nil
		},
	}
	configFlag(c, &configFile)
	f := c.Flags()
	f.StringVar(&fleet, "fleet", "", "the cluster's `fleet`, where the config has several")
	f.StringVar(&dir, "dir", ".", "`folder` to write the kubeconfig to")
	f.StringVar(&user, "user", "admin", "`name` of the user in the certificate")
	f.StringSliceVar(&groups, "group", []string{"system:masters"}, "`group` of the user, may be given again")
	f.DurationVar(&ttl, "ttl", 24*time.Hour, "how long the certificate is valid")
	return c
}

func writeKubeconfig(c *cobra.Command, dir string, text []byte) error {
	file, err := filepath.Abs(filepath.Join(dir, "config"))
	if err == nil {
		err = access.Write(file, text)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), "export KUBECONFIG="+shellQuoted(file))
	return nil
}
