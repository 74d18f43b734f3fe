package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const random = `
heat_template_version: 2018-08-31
description: a contract
parameters:
  length: {type: number, default: 8}
resources:
  rnd: {type: OS::Heat::RandomString, properties: {length: {get_param: length}}}
outputs:
  rnd: {value: {get_attr: [rnd, value]}}
`

func createAnswer(t *testing.T, c *cloud) {
	n := name(t)
	r := c.do(t, http.MethodPost, "/stacks", map[string]any{"stack_name": n, "template": random})
	s := stack{n, r.text1("stack.id")}
	t.Cleanup(func() { c.remove(t, s) })
	if r.status != http.StatusCreated || s.id == "" {
		t.Fatalf("%d %s", r.status, r.text)
	}
	want := c.heat + s.path()
	if got := r.header.Get("Location"); got != want {
		t.Errorf("Location %q, want %q", got, want)
	}
	links, _ := r.at("stack.links").([]any)
	if diff := cmp.Diff([]any{map[string]any{"href": want, "rel": "self"}}, links); diff != "" {
		t.Error(diff)
	}
	show := c.settled(t, s, "CREATE_COMPLETE")
	if got := show.at("stack.updated_time"); got != nil {
		t.Errorf("updated_time %v, want null", got)
	}
	if got := show.text1("stack.stack_status_reason"); got != "Stack CREATE completed successfully" {
		t.Errorf("reason %q", got)
	}
	if got, _ := c.output(t, s, "rnd").(string); len(got) != 8 {
		t.Errorf("output %q, want 8 characters", got)
	}
}

func listFields(t *testing.T, c *cloud) {
	s := c.made(t, random, map[string]any{"tags": "b,a"})
	r := c.do(t, http.MethodGet, "/stacks?name="+strings.ToUpper(s.name), nil)
	rows := r.list("stacks")
	if len(rows) != 1 {
		t.Fatalf("%d rows, want 1: %s", len(rows), r.text)
	}
	row := rows[0].(map[string]any)
	var keys []string
	for k := range row {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{
		"creation_time", "deletion_time", "description", "id", "links", "parent", "stack_name", "stack_owner",
		"stack_status", "stack_status_reason", "stack_user_project_id", "tags", "updated_time",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
	if row["description"] != "" || row["stack_owner"] != c.user || row["updated_time"] != nil {
		t.Errorf("row %v", row)
	}
}
