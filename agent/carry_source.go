package agent

import (
	"context"
	"slices"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile"
)

// sourceBase is what the engine was told of the source: the next revision is
// told as what differs from it.
type sourceBase struct {
	told     *gitsource.Snapshot // nil: nothing yet
	accepted *gitsource.Snapshot
}

// readSource looks at the source. Until the first success it serves the last
// good revision of a former run, and then says why it cannot be renewed.
func (l *loop) readSource() {
	told := l.base.told
	l.beginNow(func(ctx context.Context) answer {
		snap, _, err := l.source.Latest(ctx)
		if err == nil {
			return l.revision(told, snap)
		}
		if ctx.Err() != nil {
			return nil
		}
		if good, ok := l.source.LastGood(); ok && told == nil {
			l.post(l.revision(nil, good))
		}
		return sourceFailed(err)
	})
}

// revision tells a snapshot as what differs from what was told before.
func (l *loop) revision(told, snap *gitsource.Snapshot) answer {
	if told != nil && told.Revision().ID == snap.Revision().ID {
		return func(at reconcile.At) reconcile.Event { return reconcile.Unchanged{At: at} }
	}
	changed, removed := gitsource.Diff(told, snap)
	files := make([]reconcile.SourceFile, len(changed))
	for i, b := range changed {
		data, err := snap.Read(b.Hash)
		if err != nil {
			return sourceFailed(err)
		}
		files[i] = reconcile.SourceFile{Path: b.Path, Data: data}
	}
	return func(at reconcile.At) reconcile.Event {
		l.base.told = snap
		return reconcile.Revision{At: at, ID: snap.Revision().ID, Changed: files, Removed: removed}
	}
}

func sourceFailed(err error) answer {
	return func(at reconcile.At) reconcile.Event { return reconcile.SourceFailed{At: at, Fault: sourceFault(err)} }
}

// accept makes the told revision the last good one once the engine has put it in
// force, so that a restart without the Git host finds it.
func (l *loop) accept(fs []reconcile.Finding) {
	snap := l.base.told
	if snap == nil || snap == l.base.accepted || l.stopping {
		return
	}
	inForce := slices.ContainsFunc(fs, func(f reconcile.Finding) bool {
		return f.Kind == reconcile.FoundRevision && f.Revision == snap.Revision().ID
	})
	if !inForce {
		return
	}
	l.base.accepted = snap
	l.beginNow(func(ctx context.Context) answer {
		if err := l.source.Accept(ctx, snap); err != nil && ctx.Err() == nil {
			l.log.Warn("the revision cannot be kept for a restart without the Git host", keyRevision, snap.Revision().ID, keyErr, err)
		}
		return nil
	})
}
