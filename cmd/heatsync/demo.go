package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
	"github.com/heatsync/heatsync/internal/demo"
	"github.com/heatsync/heatsync/internal/pki"
)

func demoCommand() *cobra.Command {
	var o demo.Options
	var tour, asJSON bool
	c := &cobra.Command{
		Use: "demo", Short: "Try heatsync: no cloud, no configuration", Args: cobra.NoArgs, GroupID: "fleet",
		Long: "Run a simulated OpenStack, a Git repository to clone and push to, drivers and the agent,\n" +
			"on this machine's loopback and in a temporary folder, until Ctrl-C. With --tour, play a story by real\n" +
			"commits instead, check each step and end; exit code 1 when a check fails.",
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, now, _, end := signals(c.Context())
			defer end()
			o.Agent, o.Now, o.Command = demoAgent{}, now, os.Args[0]
			if !tour && !asJSON {
				toward(&o, c.OutOrStdout())
				return demo.Serve(ctx, o)
			}
			if !asJSON {
				toward(&o, c.OutOrStdout())
				r, err := demo.Tour(ctx, o)
				return toured(r, err)
			}
			toward(&o, c.ErrOrStderr())
			r, err := demo.Tour(ctx, o)
			return firstError(writeJSON(c.OutOrStdout(), r), toured(r, err))
		},
	}
	f := c.Flags()
	f.BoolVar(&tour, "tour", false, "play the story and end")
	f.BoolVar(&asJSON, "json", false, "play the story; its results are one JSON document on standard output")
	f.BoolVar(&o.Keep, "keep", false, "leave the temporary folder behind")
	f.StringVar(&o.DriverDir, "driver-dir", "", "the `folder` with the drivers (default: beside heatsync)")
	f.DurationVar(&o.StepTimeout, "step-timeout", 0, "how much `time` a step of the story may take (default 1m)")
	_ = c.MarkFlagDirname("driver-dir")
	return c
}

// toward sends what people read to w, dressed for a terminal if it is one.
func toward(o *demo.Options, w io.Writer) {
	o.Out = w
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			o.Terminal = info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
		}
	}
	o.Color = o.Terminal && os.Getenv("NO_COLOR") == ""
}

func toured(r demo.Result, err error) error {
	if err == nil && !r.OK {
		err = fmt.Errorf("the tour is not as it should be: %s", r.Error)
	}
	return err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// demoAgent is the agent as the demo runs it.
type demoAgent struct{}

var _ demo.Agent = demoAgent{}

func (demoAgent) Run(ctx, now context.Context, file string, log io.Writer, ready func(string)) error {
	return agent.Run(ctx, now, agent.Options{ConfigFile: file, LogTo: log, Ready: ready})
}

func (demoAgent) Access(ctx context.Context, file, name string) ([]byte, error) {
	c, _, err := agent.ClusterOf(file, "", name)
	if err != nil {
		return nil, err
	}
	defer c.Project.Close()
	return c.Kubeconfig(ctx, pki.Client{User: "admin", Groups: []string{"system:masters"}, Validity: time.Hour}, time.Now())
}

func (demoAgent) Plan(ctx context.Context, file string) (demo.Planned, error) {
	r, err := agent.Plan(ctx, agent.PlanOptions{ConfigFile: file})
	if err != nil {
		return demo.Planned{}, err
	}
	var text strings.Builder
	r.Write(&text)
	return demo.Planned{Text: text.String(), Pending: r.Pending(), Failed: r.Failed()}, nil
}
