package heat_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// TestRequests pins what each call sends.
func TestRequests(t *testing.T) {
	spec := heat.Spec{
		Template: json.RawMessage(`{"heat_template_version":"2018-08-31"}`), Files: map[string]string{"a.sh": "x"},
		Environment: json.RawMessage(`{"parameters":{"k":"v"}}`), Parameters: map[string]any{"n": 3},
		TimeoutMinutes: 60, DisableRollback: new(true),
	}
	const stack = "/v1/" + project + "/stacks/prod--pay/id-1"
	const whole = `{"disable_rollback":true,"environment":{"parameters":{"k":"v"}},"files":{"a.sh":"x"},"parameters":{"n":3},` +
		`"tags":"heatsync,heatsync.fleet=prod","template":{"heat_template_version":"2018-08-31"},"timeout_mins":60}`
	for _, tc := range []struct {
		name   string
		status int
		reply  string
		call   func(context.Context, *heat.Client) error
		want   request
	}{
		{"list", 200, `{"stacks":[]}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.List(ctx, heat.Query{
				Limit: 50, Marker: "m", Sort: heat.ByUpdated, Descending: true, Status: []string{"FAILED"},
				Name: []string{"a"}, ID: []string{"x", "y"}, TagsAny: []string{"t", "u"}, NotTags: []string{"v"}, ShowDeleted: true,
			})
			return err
		}, request{method: "GET", path: "/v1/" + project + "/stacks", query: "id=x&id=y&limit=50&marker=m&name=a&name=a&not_tags=v&show_deleted=true&sort_dir=desc&sort_keys=updated_time&status=FAILED&tags_any=t%2Cu"}},
		{"count", 200, `{"stacks":[],"count":3}`, func(ctx context.Context, c *heat.Client) error {
			n, err := c.Count(ctx, heat.Query{Limit: 9})
			if n != 3 {
				t.Errorf("count %d, want 3", n)
			}
			return err
		}, request{method: "GET", path: "/v1/" + project + "/stacks", query: "limit=0&with_count=true"}},
		{"find", 200, `{"stacks":[]}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.Find(ctx, "prod--pay")
			return err
		}, request{method: "GET", path: "/v1/" + project + "/stacks", query: "name=prod--pay&name=prod--pay&sort_dir=asc&sort_keys=creation_time"}},
		{"create", 201, `{"stack":{"id":"new"}}`, func(ctx context.Context, c *heat.Client) error {
			id, err := c.Create(ctx, "prod--pay", mustTags(t), spec)
			if id != "new" {
				t.Errorf("id %q, want new", id)
			}
			return err
		}, request{method: "POST", path: "/v1/" + project + "/stacks", body: whole[:len(`{"disable_rollback":true,"environment":{"parameters":{"k":"v"}},"files":{"a.sh":"x"},"parameters":{"n":3},`)] +
			`"stack_name":"prod--pay",` + whole[len(`{"disable_rollback":true,"environment":{"parameters":{"k":"v"}},"files":{"a.sh":"x"},"parameters":{"n":3},`):]}},
		{"update", 202, `<html>`, func(ctx context.Context, c *heat.Client) error {
			return c.Update(ctx, ref, mustTags(t), spec)
		}, request{method: "PUT", path: stack, body: whole}},
		{"empty patch", 202, `{"code":"202 Accepted"}`, func(ctx context.Context, c *heat.Client) error {
			return c.Patch(ctx, ref, heat.Patch{})
		}, request{method: "PATCH", path: stack, body: `{}`}},
		{"patch", 202, ``, func(ctx context.Context, c *heat.Client) error {
			return c.Patch(ctx, ref, heat.Patch{Tags: mustTags(t), ClearParameters: []string{"old"}, Converge: true})
		}, request{method: "PATCH", path: stack, body: `{"clear_parameters":["old"],"converge":true,"tags":"heatsync,heatsync.fleet=prod"}`}},
		{"delete", 204, ``, func(ctx context.Context, c *heat.Client) error { return c.Delete(ctx, ref) }, request{method: "DELETE", path: stack}},
		{
			"check", 200, `null`, func(ctx context.Context, c *heat.Client) error { return c.Act(ctx, ref, heat.Check) },
			request{method: "POST", path: stack + "/actions", body: `{"check":null}`},
		},
		{"signal", 200, `null`, func(ctx context.Context, c *heat.Client) error {
			return c.Signal(ctx, ref, "wait/1", map[string]any{"status": "SUCCESS"})
		}, request{method: "POST", path: stack + "/resources/wait%2F1/signal", body: `{"status":"SUCCESS"}`}},
		{"preview of a patch", 200, `{"resource_changes":{}}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.PreviewPatch(ctx, ref, heat.Patch{}, true)
			return err
		}, request{method: "PATCH", path: stack + "/preview", query: "show_nested=true", body: `{}`}},
		{"preview of an update", 200, `{"resource_changes":{}}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.PreviewUpdate(ctx, ref, mustTags(t), spec, false)
			return err
		}, request{method: "PUT", path: stack + "/preview", body: whole}},
		{"validate", 200, `{}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.Validate(ctx, heat.Spec{Template: spec.Template, TimeoutMinutes: 5}, true)
			return err
		}, request{method: "POST", path: "/v1/" + project + "/validate", query: "show_nested=true", body: `{"template":{"heat_template_version":"2018-08-31"}}`}},
		{"resources", 200, `{"resources":[]}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.Resources(ctx, ref, 2, heat.ResourceFilter{Status: []string{"FAILED"}})
			return err
		}, request{method: "GET", path: stack + "/resources", query: "nested_depth=2&status=FAILED"}},
		{"events", 200, `{"events":[]}`, func(ctx context.Context, c *heat.Client) error {
			_, err := c.Events(ctx, ref, 20, 1)
			return err
		}, request{method: "GET", path: stack + "/events", query: "limit=20&nested_depth=1&sort_dir=desc"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s seen
			c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
				s.note(r)
				answer(tc.status, tc.reply)(w, r)
			})
			if err := tc.call(t.Context(), c.WithUserAgent("heatsync/1.2.3")); err != nil {
				t.Fatal(err)
			}
			if len(s.requests) != 1 {
				t.Fatalf("%d requests, want 1", len(s.requests))
			}
			got := s.requests[0]
			headers := map[string]string{"Accept": "application/json", "Cache-Control": "no-cache", "User-Agent": "heatsync/1.2.3", "X-Auth-Token": token}
			for k, want := range headers {
				if v := got.header.Get(k); v != want {
					t.Errorf("header %s is %q, want %q", k, v, want)
				}
			}
			got.header = nil
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}
