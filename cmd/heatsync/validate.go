package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
)

func validateCommand() *cobra.Command {
	var o agent.ValidateOptions
	var format output
	c := &cobra.Command{
		Use: "validate DIR", Short: "Check the files of a fleet without a cloud", Args: cobra.ExactArgs(1), GroupID: "fleet",
		Long: "Read every *.yaml and *.yml in DIR as the agent would, and say what is wrong with file, line and\n" +
			"column. With --drivers the clusters are shown to their drivers too, which know what labels mean.\n" +
			"Exit code 1 when there is an error.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := format.check(); err != nil {
				return err
			}
			o.Dir = args[0]
			v, err := agent.Validate(c.Context(), o)
			if err != nil {
				return err
			}
			err = format.write(c.OutOrStdout(), v, func(w io.Writer) {
				for _, d := range v.Diagnostics {
					fmt.Fprintf(w, "%s: %s\n", d.Severity, d)
				}
				fmt.Fprintf(w, "%d files, %d clusters, %d errors, %d warnings\n", v.Files, v.Clusters, v.Errors, v.Warnings)
			})
			if err == nil && v.Errors > 0 {
				err = exitCode(exitError)
			}
			return err
		},
	}
	format.flag(c)
	f := c.Flags()
	f.StringVar(&o.Fleet, "fleet", "", "the `name` the Fleet document must have; else any will do")
	f.StringVar(&o.Drivers.Dir, "drivers", "", "the drivers `folder`")
	f.StringVar(&o.Drivers.Lock, "lock", "", "the lock `file` (default: drivers.lock in the drivers folder)")
	return c
}
