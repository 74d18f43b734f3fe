package main

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent/httpapi"
)

// askCommand brings a person's request to a running agent.
func askCommand(what, short, done string) *cobra.Command {
	var agent client
	c := &cobra.Command{
		Use: what + " FLEET", Short: short, Args: cobra.ExactArgs(1), GroupID: "agent",
		RunE: func(c *cobra.Command, args []string) error {
			var asked httpapi.Asked
			if err := agent.call(c.Context(), http.MethodPost, "/api/v1/fleets/"+url.PathEscape(args[0])+"/"+what, &asked); err != nil {
				return err
			}
			if asked.Warning != "" {
				fmt.Fprintln(c.ErrOrStderr(), "warning: "+asked.Warning)
			}
			fmt.Fprintf(c.OutOrStdout(), "fleet %s %s\n", asked.Fleet, done)
			return nil
		},
	}
	agent.flags(c)
	return c
}
