package main

import (
	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
)

func planCommand() *cobra.Command {
	var o agent.PlanOptions
	var format output
	var verbose bool
	c := &cobra.Command{
		Use: "plan", Short: "Say what the agent would do, and why", Args: cobra.NoArgs, GroupID: "fleet",
		Long: "Read source and cloud afresh, have every cluster planned, and print what would be done. It needs\n" +
			"no running agent and writes nothing; of the agent's state folder it reads what the agent remembers, where\n" +
			"it may. Exit code 0: nothing to do; 2: changes are pending, under way or held; 1: something could not\n" +
			"be planned. A Suspended cluster and an orphan count as nothing to do.",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := format.check(); err != nil {
				return err
			}
			if verbose {
				o.LogTo = c.ErrOrStderr()
			}
			r, err := agent.Plan(c.Context(), o)
			if err != nil {
				return err
			}
			if err := format.write(c.OutOrStdout(), r, r.Write); err != nil {
				return err
			}
			switch {
			case r.Failed():
				return exitCode(exitError)
			case r.Pending():
				return exitCode(exitPending)
			}
			return nil
		},
	}
	configFlag(c, &o.ConfigFile)
	format.flag(c)
	f := c.Flags()
	f.StringVar(&o.Fleet, "fleet", "", "plan this `fleet` alone")
	f.StringVar(&o.DriverFile, "driver", "", "plan with this driver `file` in the place of the pinned one of its name")
	f.DurationVar(&o.Timeout, "timeout", 0, "give up after this `time` (default 2m)")
	f.BoolVarP(&verbose, "verbose", "v", false, "write the engine's log to standard error")
	return c
}
