// Command heatsync keeps container clusters on OpenStack as a Git repository
// says: `heatsync run` is the agent, the other commands are an operator's.
//
// Exit codes: 0 is fine, 1 an error, 2 changes pending (plan).
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/internal/version"
)

const (
	exitError   = 1
	exitPending = 2
)

// exitCode is an error that was told already, or is none.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func main() { os.Exit(mainCode()) }

func mainCode() int {
	err := root().Execute()
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "heatsync: "+strings.TrimSpace(err.Error()))
	return exitError
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use:               "heatsync",
		Short:             "Keep container clusters on OpenStack as a Git repository says",
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
	}
	c.AddGroup(&cobra.Group{ID: "agent", Title: "The agent:"}, &cobra.Group{ID: "fleet", Title: "What people write:"},
		&cobra.Group{ID: "access", Title: "Into a cluster:"}, &cobra.Group{ID: "driver", Title: "Drivers:"})
	c.AddCommand(commands()...)
	return c
}

// commands are all commands, in the order of the help.
func commands() []*cobra.Command {
	return []*cobra.Command{
		runCommand(), statusCommand(),
		askCommand("pause", "Stop all writes of a fleet until it is resumed", "paused: nothing is written until `heatsync resume`"),
		askCommand("resume", "End a fleet's pause", "resumed"),
		askCommand("approve", "Let go what the creation and replacement guards of a fleet hold now", "approved: what was held goes now"),
		replayCommand(),
		validateCommand(), planCommand(), schemaCommand(),
		accessCommand(), caCommand(),
		driverCommand(), demoCommand(), versionCommand(),
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "heatsync "+version.String()) },
	}
}
