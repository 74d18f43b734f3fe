package carry

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

// ReadSource looks at the source. Until the first success it serves the last
// good revision of a former run, and then says why it cannot be renewed.
func (c *Carrier) ReadSource() Job {
	told := c.base.told
	return func(ctx context.Context) []Answer {
		snap, _, err := c.source.Latest(ctx)
		if err == nil {
			return one(c.revision(told, snap))
		}
		if ctx.Err() != nil {
			return nil
		}
		var out []Answer
		if good, ok := c.source.LastGood(); ok && told == nil {
			out = one(c.revision(nil, good))
		}
		return append(out, sourceFailed(err))
	}
}

// revision tells a snapshot as what differs from what was told before.
func (c *Carrier) revision(told, snap *gitsource.Snapshot) Answer {
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
		c.base.told = snap
		return reconcile.Revision{At: at, ID: snap.Revision().ID, Former: snap.Revision().Former, Changed: files, Removed: removed}
	}
}

func sourceFailed(err error) Answer {
	return func(at reconcile.At) reconcile.Event { return reconcile.SourceFailed{At: at, Fault: sourceFault(err)} }
}

// Keep makes the told revision the last good one once the engine has put it in
// force, so that a restart without the Git host finds it: the findings say
// whether it has. The job, nil for nothing to do, tells failed what went wrong.
func (c *Carrier) Keep(fs []reconcile.Finding, failed func(revision string, err error)) Job {
	snap := c.base.told
	if snap == nil || snap == c.base.accepted {
		return nil
	}
	id := snap.Revision().ID
	if !slices.ContainsFunc(fs, func(f reconcile.Finding) bool {
		return f.Kind == reconcile.FoundRevision && f.Revision == id
	}) {
		return nil
	}
	c.base.accepted = snap
	return func(ctx context.Context) []Answer {
		if err := c.source.Accept(ctx, snap); err != nil && ctx.Err() == nil {
			failed(id, err)
		}
		return nil
	}
}
