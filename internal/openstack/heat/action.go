package heat

import (
	"context"
	"fmt"
	"net/http"
)

// Action is what a stack can be told besides update and delete.
type Action string

// Heat's actions. Check, suspend and resume overwrite the stack's status, so a
// failed update looks well afterwards: only from a proven status, and never
// while anything runs.
const (
	Check                 Action = "check"
	Suspend               Action = "suspend"
	Resume                Action = "resume"
	CancelUpdate          Action = "cancel_update"           // rolls back; only in UPDATE_IN_PROGRESS
	CancelWithoutRollback Action = "cancel_without_rollback" // leaves FAILED; in CREATE_ or UPDATE_IN_PROGRESS
)

// Act begins an action on the stack. One request.
func (c *Client) Act(ctx context.Context, ref Ref, a Action) error {
	path, err := ref.path("actions")
	if err == nil {
		err = c.do(ctx, call{
			method: http.MethodPost, path: path, body: map[Action]any{a: nil},
			ok: []int{http.StatusOK, http.StatusCreated, http.StatusAccepted},
		}, nil)
	}
	if err != nil {
		return fmt.Errorf("%s stack %q: %w", a, ref.Name, err)
	}
	return nil
}

// Signal sends data to a resource of the stack; nil sends an empty object. Heat
// takes signals in the background, in any order. One request.
func (c *Client) Signal(ctx context.Context, ref Ref, resource string, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	path, err := ref.path("resources", resource, "signal")
	if err == nil {
		err = c.do(ctx, call{method: http.MethodPost, path: path, body: data, ok: []int{http.StatusOK, http.StatusNoContent}}, nil)
	}
	if err != nil {
		return fmt.Errorf("signal resource %q of stack %q: %w", resource, ref.Name, err)
	}
	return nil
}

// MarkUnhealthy has the next update replace the resource. One request.
func (c *Client) MarkUnhealthy(ctx context.Context, ref Ref, resource, reason string) error {
	path, err := ref.path("resources", resource)
	if err == nil {
		body := map[string]any{"mark_unhealthy": true, "resource_status_reason": reason}
		err = c.do(ctx, call{method: http.MethodPatch, path: path, body: body, ok: []int{http.StatusOK, http.StatusNoContent}}, nil)
	}
	if err != nil {
		return fmt.Errorf("mark resource %q of stack %q unhealthy: %w", resource, ref.Name, err)
	}
	return nil
}
