package heat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/heatsync/heatsync/reconcile/live"
)

// Stack is one stack as Heat shows it.
type Stack struct {
	live.Row
	Description     string
	Parameters      map[string]string // as Heat stores them, hidden ones "******"; with OS::stack_id and its like
	TimeoutMinutes  int               // 0 is the site's default
	DisableRollback bool
	ParentID        string   // of a nested stack
	Outputs         []Output // nil when they were not resolved
}

// Output is one output of a stack. Its value may be a secret: do not log it.
type Output struct {
	Key         string `json:"output_key"`
	Description string `json:"description"`
	Value       any    `json:"output_value"`
	Error       string `json:"output_error"` // why Heat could not resolve it
}

// Show reads one stack; a soft-deleted one is shown as DELETE_COMPLETE until it
// is purged, then the error is [ErrNotFound]. resolveOutputs costs Heat seconds
// on a big stack. One request.
func (c *Client) Show(ctx context.Context, ref Ref, resolveOutputs bool) (Stack, error) {
	s, err := c.show(ctx, ref, resolveOutputs)
	if err != nil {
		return Stack{}, fmt.Errorf("show stack %q: %w", ref.Name, err)
	}
	return s, nil
}

// errNoOutputs is an answer to another show: Heat resolves the outputs of every
// stack but a deleted one, if it is an empty list (heat/engine/api.py,
// format_stack). A cache that does not look at the query gives such answers.
var errNoOutputs = errors.New("the answer has no outputs, which were asked for")

func (c *Client) show(ctx context.Context, ref Ref, resolveOutputs bool) (Stack, error) {
	path, err := ref.path()
	if err != nil {
		return Stack{}, err
	}
	var reply struct {
		Stack *wireStack `json:"stack"`
	}
	get := call{method: http.MethodGet, path: path, query: url.Values{"resolve_outputs": {strconv.FormatBool(resolveOutputs)}}}
	if err := c.do(ctx, get, &reply); err != nil {
		return Stack{}, err
	}
	if reply.Stack == nil {
		return Stack{}, c.unreadable(get, errors.New("the answer has no stack"))
	}
	s, err := reply.Stack.stack()
	if err == nil && s.ID != ref.ID {
		err = fmt.Errorf("the answer is stack %q, not %q", s.ID, ref.ID)
	}
	if err == nil && resolveOutputs && s.Outputs == nil && s.Status != (live.Status{Action: live.Delete, State: live.Complete}) {
		err = errNoOutputs
	}
	if err != nil {
		return Stack{}, c.unreadable(get, err)
	}
	return s, nil
}

// wireStack is a stack as show spells it.
type wireStack struct {
	wireRow
	Description     string         `json:"description"`
	Parameters      map[string]any `json:"parameters"`
	TimeoutMinutes  *int           `json:"timeout_mins"`
	DisableRollback bool           `json:"disable_rollback"`
	Outputs         []Output       `json:"outputs"`
}

func (w *wireStack) stack() (Stack, error) {
	row, err := w.row()
	if err != nil {
		return Stack{}, err
	}
	s := Stack{
		Row: row, Description: w.Description, Parameters: texts(w.Parameters),
		DisableRollback: w.DisableRollback, ParentID: w.ParentID, Outputs: w.Outputs,
	}
	if w.TimeoutMinutes != nil {
		s.TimeoutMinutes = *w.TimeoutMinutes
	}
	return s, nil
}

// texts gives values as Heat stores them: strings as they are, all else JSON.
func texts(values map[string]any) map[string]string {
	out := make(map[string]string, len(values))
	for k, v := range values {
		switch v := v.(type) {
		case string:
			out[k] = v
		case nil:
			out[k] = ""
		default:
			text, _ := json.Marshal(v) // it came from JSON
			out[k] = string(text)
		}
	}
	return out
}
