package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
)

func replayCommand() *cobra.Command {
	return &cobra.Command{
		Use: "replay FILE", Short: "Tell a recording to the engine again and compare its commands", Args: cobra.ExactArgs(1), GroupID: "agent",
		Long: "Tell a recording (`recording: {file: ...}` of the config) to the engine of this program, event by\n" +
			"event, and print what it commands and finds. It touches no cloud. Exit code 1 when the commands\n" +
			"are not those that were recorded; between two versions that may be meant.",
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			r, err := agent.Replay(f, c.OutOrStdout())
			if err != nil {
				return fmt.Errorf("replay %q: %w", args[0], err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%d events, %d with other commands than recorded\n", r.Events, r.Differ)
			if r.Differ > 0 {
				return exitCode(exitError)
			}
			return nil
		},
	}
}
