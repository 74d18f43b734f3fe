package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
)

const defaultConfig = "/etc/heatsync/heatsync.yaml"

// configFlag is where the agent's config is; HEATSYNC_CONFIG sets the default.
func configFlag(c *cobra.Command, to *string) {
	def := os.Getenv("HEATSYNC_CONFIG")
	if def == "" {
		def = defaultConfig
	}
	c.Flags().StringVarP(to, "config", "c", def, "the agent's config `file` (HEATSYNC_CONFIG)")
	_ = c.MarkFlagFilename("config", "yaml", "yml")
}

func runCommand() *cobra.Command {
	var o agent.Options
	c := &cobra.Command{
		Use: "run", Short: "Run the agent", Args: cobra.NoArgs, GroupID: "agent",
		Long: "Run the agent until SIGTERM or SIGINT. It then begins nothing new, waits for the steps\n" +
			"under way and ends; a second signal ends it at once, which is as safe as a crash.\n" +
			"SIGHUP has the config file read again; a change of the file does so too.",
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, now, reload, end := signals(c.Context())
			defer end()
			o.Reload = reload
			o.LogTo = c.ErrOrStderr()
			return agent.Run(ctx, now, o)
		},
	}
	configFlag(c, &o.ConfigFile)
	return c
}

// signals turns the process's signals into a stop, a stop at once, and reloads.
func signals(parent context.Context) (ctx, now context.Context, reload <-chan struct{}, end func()) {
	if parent == nil {
		parent = context.Background()
	}
	ctx, stop := context.WithCancel(parent)
	now, cut := context.WithCancel(parent)
	again := make(chan struct{}, 1)
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range ch {
			switch {
			case s == syscall.SIGHUP:
				select {
				case again <- struct{}{}:
				default:
				}
			case ctx.Err() == nil:
				stop()
			default:
				cut()
			}
		}
	}()
	return ctx, now, again, func() {
		signal.Stop(ch)
		close(ch)
		stop()
		cut()
	}
}
