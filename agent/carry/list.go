package carry

import (
	"context"
	"slices"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/live"
)

// List reads one lane. Rows are compared where the answer is made: what was told
// before is known there.
func (c *Carrier) List(cmd reconcile.List) Job {
	begun := c.told.begin()
	return func(ctx context.Context) []Answer {
		rows, complete, err := c.readLane(ctx, cmd)
		if err != nil {
			f := c.cloud.Fault(err)
			return one(func(at reconcile.At) reconcile.Event { return reconcile.Listed{At: at, Lane: cmd.Lane, Fault: &f} })
		}
		return one(func(at reconcile.At) reconcile.Event {
			ev := reconcile.Listed{At: at, Lane: cmd.Lane, Rows: c.told.changed(rows), Complete: complete}
			switch {
			case cmd.Lane == reconcile.LaneInProgress:
				ev.Gone = missing(cmd.IDs, rows)
			case complete:
				ev.Gone = c.told.gone(begun, rows)
			}
			return ev
		})
	}
}

// readLane reads one lane; complete only of a whole inventory.
func (c *Carrier) readLane(ctx context.Context, cmd reconcile.List) (rows []live.Row, complete bool, err error) {
	switch cmd.Lane {
	case reconcile.LaneRecent:
		rows, err = c.cloud.Recent(ctx)
	case reconcile.LaneInProgress:
		rows, err = c.cloud.InProgress(ctx, cmd.IDs)
	default:
		rows, complete, err = c.cloud.Inventory(ctx)
	}
	return rows, complete, err
}

// Look looks names and an id up.
func (c *Carrier) Look(cmd reconcile.Look) Job {
	return func(ctx context.Context) []Answer {
		rows, err := c.cloud.Look(ctx, cmd.Names, cmd.StackID)
		if err != nil {
			f := c.cloud.Fault(err)
			return one(func(at reconcile.At) reconcile.Event { return reconcile.Looked{At: at, ID: cmd.ID, Fault: &f} })
		}
		return one(func(at reconcile.At) reconcile.Event {
			c.told.looked(rows)
			c.told.forget(missing([]string{cmd.StackID}, rows))
			return reconcile.Looked{At: at, ID: cmd.ID, Rows: rows}
		})
	}
}

// ReadParts reads pieces of one stack.
func (c *Carrier) ReadParts(cmd reconcile.ReadParts) Job {
	return func(ctx context.Context) []Answer {
		ev := reconcile.PartsRead{ID: cmd.ID}
		var err error
		if ev.Parts, err = c.cloud.ReadParts(ctx, cmd.Name, cmd.StackID, fromHeat(cmd.Parts)); err != nil {
			f := c.cloud.Fault(err)
			ev.Fault = &f
		} else if slices.Contains(cmd.Parts, live.PartNodes) {
			ev.Parts, ev.Fault = c.withNodes(ctx, cmd, ev.Parts)
		}
		return one(func(at reconcile.At) reconcile.Event { ev.At = at; return ev })
	}
}
