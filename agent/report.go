package agent

import (
	"context"
	"log/slog"

	"github.com/heatsync/heatsync/reconcile"
)

// The keys of log records.
const (
	keyFleet    = "fleet"
	keyCluster  = "cluster"
	keyDriver   = "driver"
	keyRevision = "revision"
	keyAction   = "action"
	keyOutcome  = "outcome"
	keyCode     = "code"
	keyWho      = "who"
	keyRemedy   = "remedy"
	keyVerdict  = "verdict"
	keyChanges  = "changes"
	keyEffect   = "effect"
	keyDuration = "duration"
	keyErr      = "err"
)

// report logs one finding and counts it.
func (l *loop) report(f reconcile.Finding) {
	if l.found != nil {
		l.found(l.fleet, f)
	}
	level := levelOf(f)
	ctx := context.Background()
	if !l.log.Enabled(ctx, level) {
		return
	}
	l.log.LogAttrs(ctx, level, messageOf(f), attrsOf(f)...)
}

// messageOf is a constant text for findings of a kind, so that logs can be
// grouped by it.
func messageOf(f reconcile.Finding) string {
	switch f.Kind {
	case reconcile.FoundOutcome:
		return "cluster " + string(f.Outcome)
	case reconcile.FoundPlan:
		return "change planned"
	case reconcile.FoundStepBegun:
		return "step begun"
	case reconcile.FoundStepEnded:
		if f.Verdict == "" {
			return "stack action ended"
		}
		return "step ended"
	case reconcile.FoundDrift:
		return "drift seen"
	case reconcile.FoundGuard:
		return "guard"
	case reconcile.FoundOrphan:
		return "orphan"
	case reconcile.FoundDuplicate:
		return "two stacks for one cluster"
	case reconcile.FoundRevision:
		return "revision in force"
	case reconcile.FoundRewritten:
		return "history rewritten"
	case reconcile.FoundFault:
		return "fault"
	case reconcile.FoundUnreadable:
		return "unreadable files"
	case reconcile.FoundGone:
		return "cluster gone"
	}
	return string(f.Kind)
}

// levelOf: info is what changed, warn what somebody must act on, debug the rest.
func levelOf(f reconcile.Finding) slog.Level {
	switch {
	case f.Kind == reconcile.FoundDuplicate, f.Outcome == reconcile.Stalled:
		return slog.LevelError
	case f.Kind == reconcile.FoundOutcome && f.Outcome == reconcile.Waiting && f.Code == reconcile.WaitObserve:
		return slog.LevelDebug
	case f.Kind == reconcile.FoundGuard, f.Kind == reconcile.FoundOrphan, f.Kind == reconcile.FoundRewritten, f.Outcome == reconcile.Retrying,
		(f.Kind == reconcile.FoundFault || f.Kind == reconcile.FoundUnreadable) && f.Who != "", // without: it is well again
		f.Kind == reconcile.FoundStepEnded && f.Verdict != "" && f.Verdict != reconcile.Accepted:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func attrsOf(f reconcile.Finding) []slog.Attr {
	var as []slog.Attr
	text := func(key, value string) {
		if value != "" {
			as = append(as, slog.String(key, value))
		}
	}
	text(keyCluster, f.Cluster)
	text(keyOutcome, string(f.Outcome))
	text(keyCode, string(f.Code))
	text(keyRevision, f.Revision)
	if f.Step != nil {
		text(keyAction, string(f.Step.Kind))
		text("step", f.Step.Title)
		text(keyEffect, string(f.Step.Disruption))
	}
	text(keyVerdict, string(f.Verdict))
	if len(f.Changes) > 0 {
		paths := make([]string, len(f.Changes))
		for i, c := range f.Changes {
			paths[i] = c.Path
		}
		as = append(as, slog.Any(keyChanges, paths))
	}
	if f.Took > 0 {
		as = append(as, slog.Duration(keyDuration, f.Took))
	}
	text(keyWho, string(f.Who))
	text("message", f.Message)
	text(keyRemedy, f.Remedy)
	return as
}
