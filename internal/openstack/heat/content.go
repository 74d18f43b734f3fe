package heat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Template gives the stored root template as JSON: comments and key order are
// lost. One request.
func (c *Client) Template(ctx context.Context, ref Ref) (json.RawMessage, error) {
	var out json.RawMessage
	err := c.content(ctx, ref, &out, "template")
	return out, err
}

// Environment gives the merged environment; hidden values are masked from Heat
// 20 on and in clear before, so it is neither for logs nor for a write. One
// request.
func (c *Client) Environment(ctx context.Context, ref Ref) (json.RawMessage, error) {
	var out json.RawMessage
	err := c.content(ctx, ref, &out, "environment")
	return out, err
}

// Files gives the stored files by their keys. One request.
func (c *Client) Files(ctx context.Context, ref Ref) (map[string]string, error) {
	var out map[string]string
	err := c.content(ctx, ref, &out, "files")
	return out, err
}

// OutputKeys gives the stack's outputs without their values. One request.
func (c *Client) OutputKeys(ctx context.Context, ref Ref) ([]Output, error) {
	var reply struct {
		Outputs []Output `json:"outputs"`
	}
	err := c.content(ctx, ref, &reply, "outputs")
	return reply.Outputs, err
}

// Output resolves one output and only what it needs. One request.
func (c *Client) Output(ctx context.Context, ref Ref, key string) (Output, error) {
	var reply struct {
		Output Output `json:"output"`
	}
	err := c.content(ctx, ref, &reply, "outputs", key)
	return reply.Output, err
}

// content reads what is below a stack.
func (c *Client) content(ctx context.Context, ref Ref, out any, below ...string) error {
	path, err := ref.path(below...)
	if err == nil {
		err = c.do(ctx, call{method: http.MethodGet, path: path}, out)
	}
	if err != nil {
		return fmt.Errorf("read %s of stack %q: %w", below[0], ref.Name, err)
	}
	return nil
}
