package heat

import (
	"context"
	"fmt"

	"github.com/heatsync/heatsync/reconcile/live"
)

// maxWalks bounds how often Inventory starts again when a walk went astray.
const maxWalks = 3

// Inventory walks the project's whole stack list in pages of pageSize rows,
// oldest first, so that stacks made meanwhile come at the end. complete tells
// whether absence from rows proves anything: the walk never met a row twice or
// went back in time (an unknown marker silently starts again at the first
// page), and it met at least as many stacks as Heat counted before and after.
// A count that fell during the walk is believed only down to four fifths: more
// is a mass deletion or a cut list, and the next walk will tell.
//
// Rows come back with an incomplete walk as well; they prove presence. An error
// means that a request failed, and rows is nil.
func (c *Client) Inventory(ctx context.Context, pageSize int) (rows []live.Row, complete bool, err error) {
	if pageSize < 1 {
		return nil, false, fmt.Errorf("inventory: page size %d", pageSize)
	}
	for range maxWalks {
		rows, complete, err = c.survey(ctx, pageSize)
		if err != nil {
			return nil, false, fmt.Errorf("inventory: %w", err)
		}
		if complete {
			break
		}
	}
	return rows, complete, nil
}

// Walk reads every stack that q's filters match, oldest first, in pages of
// q.Limit rows. complete is false when the walk went astray; its rows are there
// all the same. Without the counts of Inventory absence proves nothing.
func (c *Client) Walk(ctx context.Context, q Query) (rows []live.Row, complete bool, err error) {
	if q.Limit < 1 {
		return nil, false, fmt.Errorf("walk stacks: page size %d", q.Limit)
	}
	w, err := c.walk(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("walk stacks: %w", err)
	}
	return w.rows, !w.astray, nil
}

// survey is one walk between two counts.
func (c *Client) survey(ctx context.Context, pageSize int) ([]live.Row, bool, error) {
	before, err := c.Count(ctx, Query{})
	if err != nil {
		return nil, false, err
	}
	w, err := c.walk(ctx, Query{Limit: pageSize})
	if err != nil {
		return nil, false, err
	}
	after, err := c.Count(ctx, Query{})
	if err != nil {
		return nil, false, err
	}
	return w.rows, !w.astray && plausible(before, len(w.seen), after), nil
}

// plausible tells whether a walk that met seen stacks can have met all of them.
// Stacks made or deleted meanwhile leave seen between the two counts; more than
// the greater is a stack met and then deleted.
func plausible(before, seen, after int) bool {
	if after < before && 5*after < 4*before {
		return false
	}
	return seen >= min(before, after)
}

// walked is what one walk met.
type walked struct {
	rows   []live.Row
	seen   map[string]bool // ids of all rows, other projects' too
	astray bool            // the marker was lost
}

func (c *Client) walk(ctx context.Context, q Query) (walked, error) {
	w := walked{seen: map[string]bool{}}
	q.Marker, q.Sort, q.Descending = "", ByCreated, false
	var last page
	for {
		p, err := c.page(ctx, q)
		if err != nil {
			return walked{}, err
		}
		if len(p.ids) > q.Limit || p.before(last) || w.met(p) {
			w.astray = true
			return w, nil
		}
		w.rows = append(w.rows, p.rows...)
		if len(p.ids) < q.Limit {
			return w, nil
		}
		last, q.Marker = p, p.ids[len(p.ids)-1]
	}
}

// before tells whether p begins with an older stack than the page last ended
// with: Heat forgot the marker.
func (p page) before(last page) bool {
	return len(p.ids) > 0 && len(last.ids) > 0 && p.first.Before(last.last)
}

// met notes p's rows and tells whether one of them was noted before.
func (w *walked) met(p page) bool {
	for _, id := range p.ids {
		if w.seen[id] {
			return true
		}
		w.seen[id] = true
	}
	return false
}
