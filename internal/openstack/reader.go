package openstack

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// recentSize is the size of a page of newest stacks, by what a row costs Heat
// (2.5 ms).
const recentSize = 50

// Reader reads from one project's Heat what is asked for, and judges nothing. It
// keeps no state and is safe for concurrent use.
type Reader struct {
	heat     *heat.Client
	pageSize int
}

// NewReader makes a Reader on h, which it does not own.
func NewReader(h *heat.Client) *Reader { return &Reader{heat: h, pageSize: DefaultOptions().PageSize} }

// InProgress gives fleet's stacks that Heat works on: the poll lane. A stack
// whose tags are not written yet is not among them; Recent has it.
func (r *Reader) InProgress(ctx context.Context, fleet string) ([]live.Row, error) {
	return r.tagged(ctx, fleet, live.InProgress)
}

// Failed gives fleet's stacks whose last action failed.
func (r *Reader) Failed(ctx context.Context, fleet string) ([]live.Row, error) {
	return r.tagged(ctx, fleet, live.Failed)
}

// tagged filters by tags_any: Heat 19 answers 500 where "tags" meets a status.
func (r *Reader) tagged(ctx context.Context, fleet string, state live.State) ([]live.Row, error) {
	rows, _, err := r.heat.Walk(ctx, heat.Query{
		Limit: r.pageSize, Status: []string{string(state)}, TagsAny: []string{live.TagFleet + fleet},
	})
	return rows, err
}

// Recent gives the project's fifty newest stacks and the fifty last updated ones,
// whatever their tags: first pages only, for paged by updated_time a list loses
// stacks. A stack comes once, as it was read last. Two requests.
func (r *Reader) Recent(ctx context.Context) ([]live.Row, error) {
	var out []live.Row
	for _, key := range []heat.SortKey{heat.ByCreated, heat.ByUpdated} {
		rows, err := r.heat.List(ctx, heat.Query{Limit: recentSize, Sort: key, Descending: true})
		if err != nil {
			return nil, err
		}
		out = newer(out, rows)
	}
	return out, nil
}

// newer lays rows over what was read before.
func newer(before, rows []live.Row) []live.Row {
	for _, row := range rows {
		i := slices.IndexFunc(before, func(b live.Row) bool { return b.ID == row.ID })
		if i < 0 {
			before = append(before, row)
		} else {
			before[i] = row
		}
	}
	return before
}

// Inventory gives all stacks of the project; only when complete does absence
// from them say anything.
func (r *Reader) Inventory(ctx context.Context) (rows []live.Row, complete bool, err error) {
	return r.heat.Inventory(ctx, r.pageSize)
}

// Fate says what became of a stack known by its id.
type Fate string

// What became of a stack.
const (
	NotAsked Fate = ""        // no id was given
	Present  Fate = "present" // it is there
	Deleted  Fate = "deleted" // Heat says DELETE_COMPLETE: somebody deleted it
	Unknown  Fate = "unknown" // Heat answers 404: purged, restored from a backup, or never there. No proof of a deletion
)

// Sighting is one look at a name.
type Sighting struct {
	Rows []live.Row // live stacks of that name, duplicates too; in any letter case on MariaDB
	Fate Fate       // of the id that was asked for
	ByID live.Row   // the stack of that id, zero when Unknown or NotAsked
}

// Look gives all stacks of a name and, when id is not "", what became of the
// stack known by it. One request, or two when the id is not among the rows.
func (r *Reader) Look(ctx context.Context, name, id string) (Sighting, error) {
	rows, err := r.heat.Find(ctx, name)
	if err != nil {
		return Sighting{}, err
	}
	s := Sighting{Rows: rows}
	if id == "" {
		return s, nil
	}
	for _, row := range rows {
		if row.ID == id {
			s.ByID, s.Fate = row, fateOf(row)
			return s, nil
		}
	}
	stack, err := r.heat.Show(ctx, heat.Ref{Name: name, ID: id}, false)
	switch {
	case errors.Is(err, heat.ErrNotFound):
		s.Fate = Unknown
	case err != nil:
		return Sighting{}, err
	default:
		s.ByID, s.Fate = stack.Row, fateOf(stack.Row)
	}
	return s, nil
}

// fateOf reads a row. DELETE_COMPLETE alone comes a moment before the row goes,
// while the name is still taken; deletion_time says that it is over.
func fateOf(row live.Row) Fate {
	if !row.Deleted.IsZero() {
		return Deleted
	}
	return Present
}

// ReadParts reads the named parts of one stack, all or none. Show and outputs
// together are one request; each other part is one.
func (r *Reader) ReadParts(ctx context.Context, name, id string, parts []live.Part) (live.Parts, error) {
	ref := heat.Ref{Name: name, ID: id}
	out := live.Parts{StackID: id}
	for _, p := range parts {
		if slices.Contains(out.Read, p) {
			continue
		}
		var err error
		switch p {
		case live.PartShow, live.PartOutputs:
			err = r.show(ctx, ref, parts, &out)
		case live.PartTemplate:
			out.Template, err = r.heat.Template(ctx, ref)
		case live.PartResources:
			out.Resources, err = r.resources(ctx, ref)
		default:
			err = fmt.Errorf("no such part of a stack: %q", p)
		}
		if err != nil {
			return live.Parts{}, err
		}
		if p == live.PartTemplate || p == live.PartResources {
			out.Read = append(out.Read, p)
		}
	}
	return out, nil
}

// show reads what show has of the parts asked for.
func (r *Reader) show(ctx context.Context, ref heat.Ref, asked []live.Part, out *live.Parts) error {
	outputs := slices.Contains(asked, live.PartOutputs)
	s, err := r.heat.Show(ctx, ref, outputs)
	if err != nil {
		return err
	}
	out.Status, out.Updated = s.Status, s.Updated
	if slices.Contains(asked, live.PartShow) {
		out.Description, out.Parameters = s.Description, s.Parameters
		out.Read = append(out.Read, live.PartShow)
	}
	if !outputs {
		return nil
	}
	out.Read = append(out.Read, live.PartOutputs)
	out.Outputs = map[string]any{}
	for _, o := range s.Outputs {
		out.Outputs[o.Key] = o.Value
	}
	return nil
}

func (r *Reader) resources(ctx context.Context, ref heat.Ref) ([]live.Resource, error) {
	all, err := r.heat.Resources(ctx, ref, 0, heat.ResourceFilter{})
	if err != nil {
		return nil, err
	}
	out := make([]live.Resource, 0, len(all))
	for _, a := range all {
		out = append(out, a.Resource)
	}
	return out, nil
}
