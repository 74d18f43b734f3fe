// Package command is what people run of heatsync-driver-kubernetes by hand: the
// versions that it knows, their checksums, and the bundle of add-ons. It prints and
// writes files; what it does is in packages versions and addons.
package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

// Run runs heatsync-driver-kubernetes with the arguments after its name, and gives
// the exit status: 0, or 1 with the reason on stderr.
func Run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := &cobra.Command{
		Use: "heatsync-driver-kubernetes", Short: "The kubernetes driver of heatsync, which the agent runs",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(Versions())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(stderr, "heatsync-driver-kubernetes:", err)
		return 1
	}
	return 0
}

// Versions is the command versions with its subcommands.
func Versions() *cobra.Command {
	c := &cobra.Command{
		Use: "versions", Short: "What the driver builds clusters from",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(list(), update(), bundle())
	return c
}
