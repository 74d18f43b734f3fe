package heat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// List reads one page of the project's root stacks. Reasons are cut to
// live.MaxReason bytes; rows of other projects, which an admin's token shows,
// are left out. One request.
func (c *Client) List(ctx context.Context, q Query) ([]live.Row, error) {
	p, err := c.page(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list stacks: %w", err)
	}
	return p.rows, nil
}

// Count gives how many stacks q's filters match; its page is ignored. An admin's
// count has every project's. One request.
func (c *Client) Count(ctx context.Context, q Query) (int, error) {
	q.Limit, q.Marker, q.Sort = 0, "", ""
	var reply listReply
	err := c.do(ctx, call{
		method: http.MethodGet, path: "/stacks",
		query: with(q.values(), url.Values{"limit": {"0"}, "with_count": {"true"}}),
	}, &reply)
	if err == nil && reply.Count == nil {
		err = &ReplyError{Method: http.MethodGet, Path: "/stacks", Status: http.StatusOK, Err: errors.New("the list has no count")}
	}
	if err != nil {
		return 0, fmt.Errorf("count stacks: %w", err)
	}
	return *reply.Count, nil
}

// Find gives every row of that name, so duplicates too. Heat on MariaDB compares
// without regard to case. One request, no redirect.
func (c *Client) Find(ctx context.Context, name string) ([]live.Row, error) {
	p, err := c.page(ctx, Query{Name: []string{name}, Sort: ByCreated})
	if err != nil {
		return nil, fmt.Errorf("find stack %q: %w", name, err)
	}
	return p.rows, nil
}

// page is one page as Heat sent it: paging goes by all rows, ours or not.
type page struct {
	rows  []live.Row // the project's
	ids   []string   // of all rows
	first time.Time  // creation of the first row
	last  time.Time  // creation of the last row
}

func (c *Client) page(ctx context.Context, q Query) (page, error) {
	get := call{method: http.MethodGet, path: "/stacks", query: q.values()}
	var reply listReply
	if err := c.do(ctx, get, &reply); err != nil {
		return page{}, err
	}
	p, err := c.read(reply)
	if err != nil {
		return page{}, c.unreadable(get, err)
	}
	return p, nil
}

// read turns a reply into a page.
func (c *Client) read(reply listReply) (page, error) {
	if reply.Stacks == nil {
		return page{}, errors.New("the answer has no list of stacks")
	}
	p := page{rows: make([]live.Row, 0, len(*reply.Stacks)), ids: make([]string, 0, len(*reply.Stacks))}
	for i := range *reply.Stacks {
		row, err := (*reply.Stacks)[i].row()
		if err != nil {
			return page{}, err
		}
		if i == 0 {
			p.first = row.Created
		}
		p.last = row.Created
		p.ids = append(p.ids, row.ID)
		ours, err := c.ours(row)
		if err != nil {
			return page{}, err
		}
		if ours {
			p.rows = append(p.rows, row)
		}
	}
	return p, nil
}

// ours tells whether row is the project's. Only an admin's rows say whose.
func (c *Client) ours(row live.Row) (bool, error) {
	if row.Project == "" || row.Project == c.project {
		return true, nil
	}
	if c.project == "" {
		return false, errors.New("the token is an admin's, who sees every project's stacks, and no project was given")
	}
	return false, nil
}

// listReply is the answer of GET /stacks.
type listReply struct {
	Stacks *[]wireRow `json:"stacks"`
	Count  *int       `json:"count"`
}
