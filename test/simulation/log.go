package simulation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// eventLog is everything that happened, line by line: hashed, and written out if
// somebody wants to read it.
type eventLog struct {
	hash hash.Hash
	out  io.Writer // nil: only hashed
	full bool      // whole events and commands, not their kinds alone
}

func newEventLog(out io.Writer, full bool) *eventLog {
	return &eventLog{hash: sha256.New(), out: out, full: full}
}

func (l *eventLog) line(at time.Duration, who, what string) {
	text := fmt.Sprintf("%s.%03d %-14s %s\n", clock(at), at/time.Millisecond%1000, who, what)
	_, _ = io.WriteString(l.hash, text)
	if l.out != nil {
		_, _ = io.WriteString(l.out, text)
	}
}

func (l *eventLog) sum() string { return hex.EncodeToString(l.hash.Sum(nil)) }

// logEvent writes down what an engine heard and what it answered.
func (w *world) logEvent(a *agent, ev reconcile.Event, out reconcile.Output) {
	w.heard++
	if w.log == nil {
		return
	}
	w.note(a.id, "< "+w.log.show(ev))
	for _, c := range out.Commands {
		w.note(a.id, "> "+w.log.show(c))
	}
	for _, f := range out.Findings {
		w.note(a.id, "! "+w.log.show(f))
	}
}

func (l *eventLog) show(v any) string {
	if l.full {
		text, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%T %s", v, text)
	}
	return brief(v)
}

// brief shows what a reader of a story wants to know.
func brief(v any) string {
	switch v := v.(type) {
	case reconcile.Revision:
		return "revision " + v.ID
	case reconcile.SourceFailed:
		return "source failed: " + v.Fault.Summary
	case reconcile.Listed:
		s := fmt.Sprintf("%s listed: %d rows changed, %d gone", v.Lane, len(v.Rows), len(v.Gone))
		for _, r := range v.Rows {
			s += fmt.Sprintf("; %s %s %s", r.Name, short(r.ID), r.Status)
		}
		if v.Fault != nil {
			s += ", failed: " + v.Fault.Summary
		} else if v.Lane == reconcile.LaneInventory && !v.Complete {
			s += ", not whole"
		}
		return s
	case reconcile.Looked:
		s := fmt.Sprintf("looked %d:", v.ID)
		for _, r := range v.Rows {
			s += fmt.Sprintf(" %s %s %s deleted=%v", r.Name, short(r.ID), r.Status, !r.Deleted.IsZero())
		}
		return s + faultText(v.Fault)
	case reconcile.StepEnded:
		return fmt.Sprintf("step %d ended: %s %s%s", v.ID, v.Verdict, short(v.StackID), faultText(v.Fault))
	case reconcile.Rendered:
		return fmt.Sprintf("rendered %d: %s%s", v.ID, v.Digest, faultText(v.Fault))
	case reconcile.Planned:
		return fmt.Sprintf("planned %d: need %v, %d steps%s", v.ID, v.Need, len(v.Plan.Steps), faultText(v.Fault))
	case reconcile.Do:
		return fmt.Sprintf("do %d %s: %s", v.ID, v.Cluster, v.Step.Title)
	case reconcile.Look:
		return fmt.Sprintf("look %d %s", v.ID, v.Cluster)
	case reconcile.AskPlan:
		return fmt.Sprintf("ask plan %d %s towards %s, deep %v, recover %v", v.ID, v.Cluster, v.Intent, v.Deep, v.Recover)
	case reconcile.AskRender:
		return fmt.Sprintf("ask render %d %s", v.ID, v.Cluster)
	case reconcile.Finding:
		return fmt.Sprintf("%s %s: %s %s %s %s", v.Kind, v.Cluster, v.Outcome, v.Code, v.Verdict, v.Message)
	}
	return fmt.Sprintf("%T", v)
}

func short(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

func faultText(f *reconcile.Fault) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf(" (%s: %s)", f.Code, f.Summary)
}
