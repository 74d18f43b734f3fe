package heat

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// Resource is one resource of a stack, or of a stack nested in it.
type Resource struct {
	live.Resource
	Updated    time.Time
	RequiredBy []string // names of resources in the same stack
	Parent     string   // name of the resource whose nested stack this is in, "" at the root
	Stack      Ref      // the stack the resource is in
	Nested     Ref      // the stack the resource is, zero for a plain one
}

// ResourceFilter narrows a resource list; the zero filter keeps all. Values of
// one field mean any of them. Heat refuses other keys here.
type ResourceFilter struct {
	Name, Type, Status, Action []string
}

// Resources lists the stack's resources down to depth levels of nested stacks; 0
// is the root alone. Each level makes Heat load every nested stack. One request,
// no pages.
func (c *Client) Resources(ctx context.Context, ref Ref, depth int, f ResourceFilter) ([]Resource, error) {
	path, err := ref.path("resources")
	var reply struct {
		Resources []wireResource `json:"resources"`
	}
	if err == nil {
		err = c.do(ctx, call{method: http.MethodGet, path: path, query: f.values(depth)}, &reply)
	}
	if err != nil {
		return nil, fmt.Errorf("list resources of stack %q: %w", ref.Name, err)
	}
	out := make([]Resource, 0, len(reply.Resources))
	for i := range reply.Resources {
		out = append(out, reply.Resources[i].resource())
	}
	return out, nil
}

func (f ResourceFilter) values(depth int) url.Values {
	v := url.Values{}
	if depth > 0 {
		v.Set("nested_depth", strconv.Itoa(depth))
	}
	for key, values := range map[string][]string{"name": f.Name, "type": f.Type, "status": f.Status, "action": f.Action} {
		if len(values) > 0 {
			v[key] = values
		}
	}
	return v
}

// wireResource is a resource as Heat's list and update preview spell it.
type wireResource struct {
	Name       string   `json:"resource_name"`
	Type       string   `json:"resource_type"`
	PhysicalID string   `json:"physical_resource_id"`
	Status     string   `json:"resource_status"`
	Reason     string   `json:"resource_status_reason"`
	Updated    string   `json:"updated_time"`
	RequiredBy []string `json:"required_by"`
	Parent     string   `json:"parent_resource"`
	Links      []link   `json:"links"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

func (w *wireResource) resource() Resource {
	updated, _ := parseTime(w.Updated) // only for people to read
	return Resource{
		Resource: live.Resource{
			Name: w.Name, Type: w.Type, PhysicalID: w.PhysicalID,
			Status: live.ParseStatus(w.Status), Reason: cut(w.Reason, live.MaxReason),
		},
		Updated: updated, RequiredBy: w.RequiredBy, Parent: w.Parent,
		Stack: linked(w.Links, "stack"), Nested: linked(w.Links, "nested"),
	}
}

// linked reads the stack a link leads to: .../stacks/<name>/<id>.
func linked(links []link, rel string) Ref {
	for _, l := range links {
		if l.Rel != rel {
			continue
		}
		_, rest, found := strings.Cut(l.Href, "/stacks/")
		parts := strings.Split(rest, "/")
		if !found || len(parts) < 2 {
			continue
		}
		name, err := url.PathUnescape(parts[0])
		if err == nil {
			return Ref{Name: name, ID: parts[1]}
		}
	}
	return Ref{}
}
