package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent"
	"github.com/heatsync/heatsync/agent/httpapi"
	"github.com/heatsync/heatsync/reconcile"
)

func statusCommand() *cobra.Command {
	var agent client
	var format output
	var fleet string
	c := &cobra.Command{
		Use: "status", Short: "Show what a running agent knows of its clusters", Args: cobra.NoArgs, GroupID: "agent",
		RunE: func(c *cobra.Command, _ []string) error {
			path := "/api/v1/clusters"
			if fleet != "" {
				path += "?fleet=" + url.QueryEscape(fleet)
			}
			var all httpapi.Clusters
			if err := agent.call(c.Context(), http.MethodGet, path, &all); err != nil {
				return err
			}
			return format.write(c.OutOrStdout(), all, func(w io.Writer) { writeStatus(w, all, time.Now()) })
		},
	}
	agent.flags(c)
	format.flag(c)
	c.Flags().StringVar(&fleet, "fleet", "", "ask for this `fleet` alone")
	return c
}

func writeStatus(w io.Writer, all httpapi.Clusters, now time.Time) {
	for i, f := range all.Fleets {
		if i > 0 {
			fmt.Fprintln(w)
		}
		writeFleet(w, f, now)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		if len(f.Clusters) > 0 {
			fmt.Fprintln(t, "  CLUSTER\tOUTCOME\tSINCE\tSTACK\tNODES\tHEALTH\tADDRESS")
		}
		for _, c := range f.Clusters {
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%d/%s\t%s\t%s\n", c.Name, outcomeText(c), age(now, c.Since), dash(c.Stack.Status),
				c.Nodes.Live, c.NodesAsked(), c.Health, dash(c.APIAddress))
		}
		_ = t.Flush()
		for _, c := range f.Clusters {
			writeReason(w, c)
			writeHealth(w, c, now)
		}
	}
}

func writeFleet(w io.Writer, f reconcile.FleetStatus, now time.Time) {
	fmt.Fprintf(w, "fleet %s at revision %s", f.Name, dash(f.Revision))
	if f.Paused {
		fmt.Fprint(w, ", paused")
	}
	if f.ReadOnly {
		fmt.Fprint(w, ", read-only")
	}
	fmt.Fprintln(w)
	for _, x := range []struct {
		name  string
		fault *reconcile.Fault
	}{{"source", f.SourceError}, {"cloud", f.CloudError}} {
		if x.fault == nil {
			continue
		}
		fmt.Fprintf(w, "  %s: %s\n", x.name, x.fault.Summary)
		if x.fault.Remedy != "" {
			fmt.Fprintf(w, "    to do (%s): %s\n", x.fault.Who, x.fault.Remedy)
		}
	}
	if f.SourceNotice != "" {
		fmt.Fprintf(w, "  source: %s\n", f.SourceNotice)
	}
	for _, r := range f.WaitsFor {
		fmt.Fprintf(w, "  waiting for %s since %s (%s)\n", r.What, r.Since.UTC().Format(time.RFC3339), age(now, r.Since))
	}
	agent.WriteUnreadable(w, f.Unreadable, f.UnreadableCount)
	for _, g := range f.Guards {
		fmt.Fprintf(w, "  guard %s: %s\n", g.Code, g.Message)
	}
}

// writeReason tells of a cluster that is not settled why, and what to do.
func writeReason(w io.Writer, c reconcile.ClusterStatus) {
	if c.Outcome == reconcile.Settled || c.Message == "" {
		return
	}
	fmt.Fprintf(w, "  %s: %s\n", c.Name, c.Message)
	if c.Remedy != "" {
		fmt.Fprintf(w, "    to do (%s): %s\n", c.Who, c.Remedy)
	}
}

// mostReasons is how many reasons of a health are told; all are in the JSON.
const mostReasons = 6

// writeHealth tells why a cluster that stands is not healthy, and since when. Reasons
// of the whole cluster come before those of single nodes.
func writeHealth(w io.Writer, c reconcile.ClusterStatus, now time.Time) {
	if c.Health == reconcile.Healthy || c.HealthSince.IsZero() {
		return
	}
	var names []string
	for name, why := range c.HealthReasons {
		if why != "ok" && why != "True" && why != "False" { // of a node that is not ready NODE.Reason tells
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "."), strings.Count(b, ".")), cmp.Compare(a, b))
	})
	fmt.Fprintf(w, "  %s is %s for %s:\n", c.Name, c.Health, age(now, c.HealthSince))
	for i, name := range names {
		if i == mostReasons {
			fmt.Fprintf(w, "    and %d reasons more\n", len(names)-i)
			break
		}
		fmt.Fprintf(w, "    %s: %s\n", name, c.HealthReasons[name])
	}
}

func outcomeText(c reconcile.ClusterStatus) string {
	if c.Code == "" {
		return string(c.Outcome)
	}
	return fmt.Sprintf("%s (%s)", c.Outcome, c.Code)
}

func age(now, since time.Time) string {
	if since.IsZero() {
		return "-"
	}
	d := max(now.Sub(since), 0)
	switch {
	case d < time.Minute:
		return d.Truncate(time.Second).String()
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
