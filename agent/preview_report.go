package agent

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// Report says what the agent would do.
type Report struct {
	Fleets []FleetReport `json:"fleets"`
}

// FleetReport is what would be done in one fleet.
type FleetReport struct {
	Name       string                  `json:"name"`
	Revision   string                  `json:"revision"`
	Error      *reconcile.Fault        `json:"error"`                // source or cloud: nothing could be planned
	Incomplete bool                    `json:"incomplete,omitempty"` // the time was over before all was known
	WaitsFor   []reconcile.FirstRead   `json:"waitsFor,omitempty"`   // what had not come by then
	Note       string                  `json:"note,omitempty"`       // what this plan cannot know and the running agent does
	Guards     []reconcile.GuardStatus `json:"guards,omitempty"`
	// Unreadable are the first files that cannot be read, of UnreadableCount.
	Unreadable      []reconcile.UnreadableFile `json:"unreadable,omitempty"`
	UnreadableCount int                        `json:"unreadableCount,omitempty"`

	Clusters []ClusterReport `json:"clusters"`
}

// ClusterReport is what would be done to one cluster.
type ClusterReport struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Stack       string            `json:"stack"`
	Position    string            `json:"position,omitempty"` // file:line of the document
	Outcome     reconcile.Outcome `json:"outcome"`
	Code        reconcile.Code    `json:"code"`
	Message     string            `json:"message"`
	Who         reconcile.Who     `json:"who"`
	Remedy      string            `json:"remedy,omitempty"`
	Disruption  plan.Effect       `json:"disruption,omitempty"` // the worst effect
	Changes     []plan.Change     `json:"changes"`
	Steps       []plan.Step       `json:"steps"`
	Diagnostics []plan.Diagnostic `json:"diagnostics,omitempty"`
}

func reportOf(f reconcile.FleetStatus) FleetReport {
	r := FleetReport{Name: f.Name, Revision: f.Revision, Error: f.SourceError, WaitsFor: f.WaitsFor, Guards: f.Guards, Unreadable: f.Unreadable, UnreadableCount: f.UnreadableCount, Clusters: []ClusterReport{}}
	if r.Error == nil {
		r.Error = f.CloudError
	}
	for _, c := range f.Clusters {
		one := ClusterReport{
			Name: c.Name, Driver: c.Driver, Stack: c.Stack.Name, Position: c.Position, Outcome: c.Outcome, Code: c.Code,
			Message: c.Message, Who: c.Who, Remedy: c.Remedy, Changes: []plan.Change{}, Steps: []plan.Step{},
		}
		if p := c.Plan; p != nil && !p.Empty() {
			one.Disruption, one.Steps, one.Diagnostics = p.Disruption(), p.Steps, p.Diagnostics
			one.Changes = append(one.Changes, p.Changes...)
		}
		r.Clusters = append(r.Clusters, one)
	}
	return r
}

// asWritten says of an agent that writes what it would be at: planning has no step
// carried out, so each ends as that of an agent that only looks.
func (f *FleetReport) asWritten() {
	for i := range f.Clusters {
		c := &f.Clusters[i]
		if c.Outcome == reconcile.Waiting && c.Code == reconcile.WaitReadOnly && len(c.Steps) > 0 {
			c.Code, c.Message = reconcile.WaitFor(c.Steps[0].Kind), c.Steps[0].Title
		}
	}
}

// Pending tells whether anything would change, or is not as Git asks: all but
// clusters that are settled, and those of which Git asks nothing.
func (r Report) Pending() bool {
	return r.any(func(c ClusterReport) bool {
		return len(c.Steps) > 0 || c.Outcome != reconcile.Settled && !c.unasked()
	})
}

// Failed tells whether something could not be planned: a source or a cloud that
// cannot be read, a file that cannot be understood, a cluster that needs a person first.
func (r Report) Failed() bool {
	for _, f := range r.Fleets {
		if f.Error != nil || f.Incomplete || f.UnreadableCount > 0 {
			return true
		}
	}
	return r.any(ClusterReport.unplanned)
}

// unplanned tells whether there is no plan of the cluster.
func (c ClusterReport) unplanned() bool {
	switch c.Outcome {
	case reconcile.Stalled, reconcile.Retrying:
		return true
	case reconcile.Held:
		return c.Code == reconcile.HeldUnreadable || c.Code == reconcile.HeldSecret
	}
	return false
}

// unasked tells whether a cluster is left alone: its document says so, or none says
// anything.
func (c ClusterReport) unasked() bool {
	return c.Outcome == reconcile.Held && (c.Code == reconcile.HeldSuspended || c.Code == reconcile.HeldOrphan)
}

func (r Report) any(is func(ClusterReport) bool) bool {
	for _, f := range r.Fleets {
		for _, c := range f.Clusters {
			if is(c) {
				return true
			}
		}
	}
	return false
}

// Write tells the report to people.
func (r Report) Write(w io.Writer) {
	for i, f := range r.Fleets {
		if i > 0 {
			fmt.Fprintln(w)
		}
		f.write(w)
	}
}

func (f FleetReport) write(w io.Writer) {
	n := f.tally()
	fmt.Fprintf(w, "fleet %s", f.Name)
	if f.Revision != "" {
		fmt.Fprintf(w, " at revision %s", f.Revision)
	}
	if f.Error != nil {
		fmt.Fprintf(w, ": nothing can be planned: %s\n", f.Error.Summary)
		if f.Error.Remedy != "" {
			fmt.Fprintf(w, "  to do (%s): %s\n", f.Error.Who, f.Error.Remedy)
		}
		WriteUnreadable(w, f.Unreadable, f.UnreadableCount)
		return
	}
	fmt.Fprintf(w, ": %d to change, %d settled, %d held, %d others\n", n.change, n.settled, n.held, n.others)
	if f.Incomplete {
		fmt.Fprintln(w, "  the time was over before all was known: what follows is not all")
	}
	for _, r := range f.WaitsFor {
		fmt.Fprintf(w, "  waited in vain for %s since %s\n", r.What, r.Since.UTC().Format(time.RFC3339))
	}
	WriteUnreadable(w, f.Unreadable, f.UnreadableCount)
	if f.Note != "" {
		fmt.Fprintf(w, "  %s\n", f.Note)
	}
	for _, g := range f.Guards {
		fmt.Fprintf(w, "  guard %s: %s\n", g.Code, g.Message)
	}
	for _, c := range f.Clusters {
		if len(c.Steps) > 0 || c.Outcome != reconcile.Settled {
			c.write(w)
		}
	}
}

// WriteUnreadable tells people the first files of a fleet that cannot be read, of all,
// and what their authors are to do.
func WriteUnreadable(w io.Writer, files []reconcile.UnreadableFile, all int) {
	for _, u := range files {
		fmt.Fprintf(w, "  unreadable: %s\n", u)
		if u.Remedy != "" {
			fmt.Fprintf(w, "    to do (%s): %s\n", reconcile.Author, u.Remedy)
		}
	}
	if more := all - len(files); more > 0 {
		fmt.Fprintf(w, "  unreadable: and %d files more\n", more)
	}
}

// tally counts clusters by what is to be done about them; each counts once.
type tally struct{ change, settled, held, others int }

func (f FleetReport) tally() (n tally) {
	for _, c := range f.Clusters {
		switch {
		case c.Outcome == reconcile.Held:
			n.held++
		case len(c.Steps) > 0:
			n.change++
		case c.Outcome == reconcile.Settled:
			n.settled++
		default:
			n.others++
		}
	}
	return n
}

func (c ClusterReport) write(w io.Writer) {
	fmt.Fprintf(w, "\n  %s", c.Name)
	if c.Position != "" {
		fmt.Fprintf(w, " (%s)", c.Position)
	}
	fmt.Fprintf(w, ": %s", c.Outcome)
	if c.Code != "" {
		fmt.Fprintf(w, " (%s)", c.Code)
	}
	if c.Message != "" {
		fmt.Fprintf(w, ": %s", c.Message)
	}
	fmt.Fprintln(w)
	if c.Remedy != "" {
		fmt.Fprintf(w, "    to do (%s): %s\n", c.Who, c.Remedy)
	}
	for _, d := range c.Changes {
		fmt.Fprintf(w, "    %s\n", spec.Plain(changeLine(d)))
	}
	for _, s := range c.Steps {
		fmt.Fprintf(w, "    step: %s", spec.Plain(s.Title))
		if s.Disruption != "" && s.Disruption != plan.None {
			fmt.Fprintf(w, " (%s)", s.Disruption)
		}
		fmt.Fprintln(w)
	}
	for _, d := range c.Diagnostics {
		fmt.Fprintf(w, "    %s: %s\n", d.Severity, spec.Plain(strings.TrimPrefix(d.Path+": "+d.Summary, ": ")))
	}
}

// changeLine is one change as people read it: what it is from and to, what that
// disturbs, and who made the difference.
func changeLine(c plan.Change) string {
	sign := "~"
	switch {
	case c.From == "" && c.To != "":
		sign = "+"
	case c.From != "" && c.To == "":
		sign = "-"
	}
	line := sign + " " + c.Path
	switch {
	case c.From != "" && c.To != "":
		line += ": " + c.From + " -> " + c.To
	case c.From+c.To != "":
		line += ": " + c.From + c.To
	}
	line += " (" + string(c.Effect) + ")"
	if c.Drift {
		line += ", changed by somebody else"
	}
	return line
}
