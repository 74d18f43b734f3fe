package heat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Spec is everything a stack is made of. It goes to Heat as it stands: nothing
// is read from disk or rewritten.
type Spec struct {
	Template    json.RawMessage   // a JSON object, or the template's text as a JSON string
	Files       map[string]string // what get_file and nested templates name
	Environment json.RawMessage   // a JSON object without empty sections, nil for none
	Parameters  map[string]any    // win over the environment's; null means the default

	TimeoutMinutes  int   // 0 keeps what is there; on create, the site's default
	DisableRollback *bool // nil keeps what is there; on create Heat takes true

	Sensitive []string // names of parameters whose values no error may repeat; not sent
}

// Create makes a stack and gives its id. Heat has then checked the template and
// begun to work. [ErrExists] says that the name is taken. Heat 22 and later make
// two stacks of one name when two creates overlap, so one at a time.
//
// When the error's Fault is ambiguous the stack may be there, or come as late as
// Heat's RPC timeout. One request.
func (c *Client) Create(ctx context.Context, name string, tags Tags, s Spec) (id string, err error) {
	var reply struct {
		Stack struct {
			ID string `json:"id"`
		} `json:"stack"`
	}
	post := call{method: http.MethodPost, path: "/stacks", hide: s.secrets(), ok: []int{http.StatusCreated}}
	if post.body, err = createBody(name, tags, s); err == nil {
		err = c.do(ctx, post, &reply)
	}
	if err == nil && reply.Stack.ID == "" {
		err = &ReplyError{Method: post.method, Path: post.path, Status: http.StatusCreated, Err: errors.New("the answer has no id")}
	}
	if err != nil {
		return "", fmt.Errorf("create stack %q: %w", name, err)
	}
	return reply.Stack.ID, nil
}

// Update replaces everything the stack is made of (PUT). Heat answers before the
// work, and takes a concurrent update's loss for success: read the tags back.
// One request; repeating it is safe.
func (c *Client) Update(ctx context.Context, ref Ref, tags Tags, s Spec) error {
	body, err := updateBody(tags, s)
	if err == nil {
		err = c.write(ctx, http.MethodPut, ref, body, s.secrets())
	}
	if err != nil {
		return fmt.Errorf("update stack %q: %w", ref.Name, err)
	}
	return nil
}

// Patch merges s over what is stored (PATCH): a nil template keeps the present
// one, files are added over the old ones, parameters over the stored. The empty
// Patch runs an update with what is there, which retries what failed. Heat drops
// parameters the template does not declare without a word. One request.
func (c *Client) Patch(ctx context.Context, ref Ref, p Patch) error {
	body := p.body()
	if err := c.write(ctx, http.MethodPatch, ref, body, p.secrets()); err != nil {
		return fmt.Errorf("patch stack %q: %w", ref.Name, err)
	}
	return nil
}

// Patch is a change over what a stack holds.
type Patch struct {
	Spec
	Tags            Tags     // the zero Tags keeps the tags
	ClearParameters []string // stored values to forget, so that defaults hold
	Converge        bool     // compare with the live state of each resource, this once
}

// Delete begins to delete the stack, again if need be. [ErrNotFound] says that
// it is gone already. One request.
func (c *Client) Delete(ctx context.Context, ref Ref) error {
	path, err := ref.path()
	if err == nil {
		err = c.do(ctx, call{method: http.MethodDelete, path: path, ok: []int{http.StatusNoContent, http.StatusAccepted}}, nil)
	}
	if err != nil {
		return fmt.Errorf("delete stack %q: %w", ref.Name, err)
	}
	return nil
}

// write sends a PUT or PATCH; the body of its 202 tells nothing.
func (c *Client) write(ctx context.Context, method string, ref Ref, body document, hide []string) error {
	path, err := ref.path()
	if err != nil {
		return err
	}
	return c.do(ctx, call{method: method, path: path, body: body, hide: hide, ok: []int{http.StatusAccepted, http.StatusOK}}, nil)
}
