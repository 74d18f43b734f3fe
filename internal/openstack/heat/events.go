package heat

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// Event is one thing that happened to a stack's resource, or to a stack itself:
// then Resource is the stack's name and PhysicalID its id.
type Event struct {
	ID         string
	Time       time.Time // of a second's resolution
	Resource   string
	PhysicalID string
	Status     live.Status
	Reason     string // cut to live.MaxReason bytes
	Stack      Ref
}

// Events gives the newest limit events, newest first, of the stack and of depth
// levels below it. Heat keeps about a thousand for each stack. One request.
func (c *Client) Events(ctx context.Context, ref Ref, limit, depth int) ([]Event, error) {
	path, err := ref.path("events")
	query := url.Values{"sort_dir": {"desc"}, "limit": {strconv.Itoa(limit)}}
	if depth > 0 {
		query.Set("nested_depth", strconv.Itoa(depth))
	}
	var reply struct {
		Events []wireEvent `json:"events"`
	}
	if err == nil {
		err = c.do(ctx, call{method: http.MethodGet, path: path, query: query}, &reply)
	}
	if err != nil {
		return nil, fmt.Errorf("list events of stack %q: %w", ref.Name, err)
	}
	out := make([]Event, 0, len(reply.Events))
	for _, w := range reply.Events {
		out = append(out, w.event())
	}
	return out, nil
}

type wireEvent struct {
	ID         string `json:"id"`
	Time       string `json:"event_time"`
	Resource   string `json:"resource_name"`
	PhysicalID string `json:"physical_resource_id"`
	Status     string `json:"resource_status"`
	Reason     string `json:"resource_status_reason"`
	Links      []link `json:"links"`
}

func (w wireEvent) event() Event {
	at, _ := parseTime(w.Time) // only for people to read
	return Event{
		ID: w.ID, Time: at, Resource: w.Resource, PhysicalID: w.PhysicalID,
		Status: live.ParseStatus(w.Status), Reason: cut(w.Reason, live.MaxReason), Stack: linked(w.Links, "stack"),
	}
}
