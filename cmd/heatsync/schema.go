package main

import (
	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/reconcile/spec"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of what people write, for editors", Args: cobra.NoArgs, GroupID: "fleet",
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(spec.Schema())
			return err
		},
	}
}
