package heat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Validation is what Heat reads in a template.
type Validation struct {
	Description string                     `json:"Description"`
	Parameters  map[string]ParameterSchema `json:"Parameters"`
	Environment json.RawMessage            `json:"Environment"`      // merged, may be nil
	Nested      json.RawMessage            `json:"NestedParameters"` // nil unless asked for
}

// ParameterSchema is one declared parameter. Heat gives most of it as text.
type ParameterSchema struct {
	Type          string `json:"Type"`
	Label         string `json:"Label"`
	Description   string `json:"Description"`
	Default       any    `json:"Default"`
	NoEcho        string `json:"NoEcho"` // "true" when hidden
	AllowedValues []any  `json:"AllowedValues"`
	Value         any    `json:"Value"`
}

// Hidden tells whether the parameter's value is masked.
func (p ParameterSchema) Hidden() bool { return p.NoEcho == "true" }

// Validate has Heat check the template, its files and environment; a parameter
// without a value is no error. It needs the role member. One request.
func (c *Client) Validate(ctx context.Context, s Spec, nested bool) (Validation, error) {
	post := call{method: http.MethodPost, path: "/validate", hide: s.secrets()}
	if nested {
		post.query = url.Values{"show_nested": {"true"}}
	}
	s.TimeoutMinutes, s.DisableRollback = 0, nil // not Validate's to judge
	post.body = s.body()
	var v Validation
	if err := c.do(ctx, post, &v); err != nil {
		return Validation{}, fmt.Errorf("validate template: %w", err)
	}
	return v, nil
}
