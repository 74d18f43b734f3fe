package agent

import (
	"context"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// list carries out one lane. Rows are compared on the loop's goroutine, where
// what was told before is known.
func (l *loop) list(c reconcile.List) {
	begun := l.told.begin()
	l.beginNow(func(ctx context.Context) answer {
		rows, complete, err := l.readLane(ctx, c)
		if err != nil {
			f := l.cloud.Fault(err)
			return func(at reconcile.At) reconcile.Event { return reconcile.Listed{At: at, Lane: c.Lane, Fault: &f} }
		}
		return func(at reconcile.At) reconcile.Event {
			ev := reconcile.Listed{At: at, Lane: c.Lane, Rows: l.told.changed(rows), Complete: complete}
			switch {
			case c.Lane == reconcile.LaneInProgress:
				ev.Gone = missing(c.IDs, rows)
			case complete:
				ev.Gone = l.told.gone(begun, rows)
			}
			return ev
		}
	})
}

// readLane reads one lane; complete only of a whole inventory.
func (l *loop) readLane(ctx context.Context, c reconcile.List) (rows []live.Row, complete bool, err error) {
	switch c.Lane {
	case reconcile.LaneRecent:
		rows, err = l.cloud.Recent(ctx)
	case reconcile.LaneInProgress:
		rows, err = l.cloud.InProgress(ctx, c.IDs)
	default:
		rows, complete, err = l.cloud.Inventory(ctx)
	}
	return rows, complete, err
}

func (l *loop) look(c reconcile.Look) {
	l.begin(l.cloudSlots, func(ctx context.Context) answer {
		rows, err := l.cloud.Look(ctx, c.Names, c.StackID)
		if err != nil {
			f := l.cloud.Fault(err)
			return func(at reconcile.At) reconcile.Event { return reconcile.Looked{At: at, ID: c.ID, Fault: &f} }
		}
		return func(at reconcile.At) reconcile.Event {
			l.told.changed(rows)
			l.told.forget(missing([]string{c.StackID}, rows))
			return reconcile.Looked{At: at, ID: c.ID, Rows: rows}
		}
	})
}

func (l *loop) readParts(ctx context.Context, c reconcile.ReadParts) answer {
	p, err := l.cloud.ReadParts(ctx, c.Name, c.StackID, c.Parts)
	return func(at reconcile.At) reconcile.Event {
		ev := reconcile.PartsRead{At: at, ID: c.ID, Parts: p}
		if err != nil {
			f := l.cloud.Fault(err)
			ev.Fault = &f
		}
		return ev
	}
}
