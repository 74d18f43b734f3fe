package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
	"github.com/heatsync/heatsync/agent/access"
	"github.com/heatsync/heatsync/internal/pki"
)

// mostRequest bounds a certificate request, in bytes.
const mostRequest = 1 << 20

func caCommand() *cobra.Command {
	c := &cobra.Command{Use: "ca", Short: "Show a cluster's authorities, and sign with them", GroupID: "access"}
	c.AddCommand(caShowCommand(), caSignCommand())
	return c
}

// authority is which of a cluster's authorities is meant.
type authority struct{ config, fleet, kind string }

func (a *authority) flags(c *cobra.Command) {
	configFlag(c, &a.config)
	c.Flags().StringVar(&a.fleet, "fleet", "", "the cluster's `fleet`, where the config has several")
	c.Flags().StringVar(&a.kind, "type", access.Authorities[0], "which `authority`: "+strings.Join(access.Authorities, ", "))
}

func (a *authority) read(c *cobra.Command, cluster string) (*pki.CA, error) {
	of, _, err := agent.ClusterOf(a.config, a.fleet, cluster)
	if err != nil {
		return nil, err
	}
	defer of.Project.Close()
	return of.CA(c.Context(), a.kind)
}

func caShowCommand() *cobra.Command {
	var a authority
	c := &cobra.Command{
		Use: "show CLUSTER", Short: "Print an authority's certificate", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ca, err := a.read(c, args[0])
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(ca.CertificatePEM())
			return err
		},
	}
	a.flags(c)
	return c
}

func caSignCommand() *cobra.Command {
	var a authority
	var ttl time.Duration
	c := &cobra.Command{
		Use: "sign CLUSTER [FILE]", Short: "Sign a certificate request and print the certificate", Args: cobra.RangeArgs(1, 2),
		Long: "Sign a certificate request in PEM, from FILE or standard input. Its subject stays as it is. Key usage,\n" +
			"extended key usage, subject alternative names, basic constraints and subject key identifier count; other\n" +
			"extensions are dropped, and are an error where they are critical. It never signs another authority.",
		RunE: func(c *cobra.Command, args []string) error {
			if ttl <= 0 {
				return errors.New("--ttl must be above 0")
			}
			ca, err := a.read(c, args[0])
			if err != nil {
				return err
			}
			request, err := requestOf(c, args[1:])
			if err != nil {
				return err
			}
			certificate, err := ca.SignRequest(request, time.Now(), ttl)
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(certificate)
			return err
		},
	}
	a.flags(c)
	c.Flags().DurationVar(&ttl, "ttl", 365*24*time.Hour, "how long the certificate is valid")
	return c
}

func requestOf(c *cobra.Command, files []string) ([]byte, error) {
	if len(files) == 0 || files[0] == "-" {
		return io.ReadAll(io.LimitReader(c.InOrStdin(), mostRequest))
	}
	return os.ReadFile(files[0])
}
