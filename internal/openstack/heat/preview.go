package heat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/heatsync/heatsync/reconcile/live"
)

// Changes is what Heat says an update would do, by resource. It is a best
// effort: an unchanged Neutron subnet shows as replaced, for one, so compare it
// with the preview of an empty Patch.
type Changes struct {
	Unchanged, Updated, Replaced, Added, Deleted []Change
}

// Change is one resource an update would touch.
type Change struct {
	live.Resource
	Stack  string // name of the stack the resource is in
	Parent string // name of the resource whose nested stack that is, "" at the root
}

// PreviewCreate checks a create without doing it, and gives the resources it
// would make. [ErrExists] says that the name is taken. One request.
func (c *Client) PreviewCreate(ctx context.Context, name string, tags Tags, s Spec) ([]Change, error) {
	var reply struct {
		Stack struct {
			Resources wireTree `json:"resources"`
		} `json:"stack"`
	}
	post := call{method: http.MethodPost, path: "/stacks/preview", hide: s.secrets()}
	var err error
	if post.body, err = createBody(name, tags, s); err == nil {
		err = c.do(ctx, post, &reply)
	}
	if err != nil {
		return nil, fmt.Errorf("preview stack %q: %w", name, err)
	}
	return changes(reply.Stack.Resources), nil
}

// PreviewUpdate tells what Update would do. nested looks into nested stacks,
// which Heat answers with a 400 without a message when a group would grow. It
// needs the role member, and sensitive parameters in clear. One request.
func (c *Client) PreviewUpdate(ctx context.Context, ref Ref, tags Tags, s Spec, nested bool) (Changes, error) {
	body, err := updateBody(tags, s)
	if err != nil {
		return Changes{}, fmt.Errorf("preview update of stack %q: %w", ref.Name, err)
	}
	return c.preview(ctx, http.MethodPut, ref, body, s.secrets(), nested)
}

// PreviewPatch tells what Patch would do, as PreviewUpdate does.
func (c *Client) PreviewPatch(ctx context.Context, ref Ref, p Patch, nested bool) (Changes, error) {
	return c.preview(ctx, http.MethodPatch, ref, p.body(), p.secrets(), nested)
}

func (c *Client) preview(ctx context.Context, method string, ref Ref, body document, hide []string, nested bool) (Changes, error) {
	var reply struct {
		Changes struct {
			Unchanged []wireChange `json:"unchanged"`
			Updated   []wireChange `json:"updated"`
			Replaced  []wireChange `json:"replaced"`
			Added     []wireChange `json:"added"`
			Deleted   []wireChange `json:"deleted"`
		} `json:"resource_changes"`
	}
	path, err := ref.path("preview")
	if err == nil {
		ask := call{method: method, path: path, body: body, hide: hide}
		if nested {
			ask.query = url.Values{"show_nested": {"true"}}
		}
		err = c.do(ctx, ask, &reply)
	}
	if err != nil {
		return Changes{}, fmt.Errorf("preview update of stack %q: %w", ref.Name, err)
	}
	w := reply.Changes
	return Changes{
		Unchanged: changes(w.Unchanged), Updated: changes(w.Updated), Replaced: changes(w.Replaced),
		Added: changes(w.Added), Deleted: changes(w.Deleted),
	}, nil
}

// wireChange is a resource as previews spell it.
type wireChange struct {
	wireResource
	StackName string `json:"stack_name"`
}

// wireTree is the list of a create's preview, flattened: what a resource would
// make below itself is a list in the list.
type wireTree []wireChange

// UnmarshalJSON reads a list of resources and lists.
func (t *wireTree) UnmarshalJSON(text []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	for _, item := range items {
		var below wireTree
		var leaf wireChange
		if json.Unmarshal(item, &below) == nil {
			*t = append(*t, below...)
			continue
		}
		if err := json.Unmarshal(item, &leaf); err != nil {
			return err
		}
		*t = append(*t, leaf)
	}
	return nil
}

func changes(wire []wireChange) []Change {
	out := make([]Change, 0, len(wire))
	for i := range wire {
		r := wire[i].resource()
		out = append(out, Change{Resource: r.Resource, Stack: wire[i].StackName, Parent: r.Parent})
	}
	return out
}
