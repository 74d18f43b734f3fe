package contract

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func deletes(t *testing.T, c *cloud) {
	s := c.made(t, valued, map[string]any{"tags": "x"})
	r := c.do(t, http.MethodDelete, s.path(), nil)
	if r.status != http.StatusNoContent || r.text != "" {
		t.Fatalf("%d %s", r.status, r.text)
	}
	if r := c.do(t, http.MethodPut, s.path(), map[string]any{"template": valued}); r.refusal() != "400 NotSupported" && r.refusal() != "404 EntityNotFound" {
		t.Errorf("PUT while deleting: %d %s", r.status, r.text)
	}
	c.reached(t, s, "DELETE_COMPLETE")
	for range 100 {
		if c.show(t, s).at("stack.deletion_time") != nil {
			break
		}
		c.tick()
	}
	shown := c.show(t, s)
	if shown.at("stack.deletion_time") == nil || shown.at("stack.stack_status") != "DELETE_COMPLETE" {
		t.Errorf("show of a deleted stack: %s", shown.text)
	}
	if got := c.names(t, "name="+s.name); len(got) != 0 {
		t.Errorf("listed: %v", got)
	}
	if got := c.names(t, "show_deleted=true&id="+s.id); len(got) != 1 {
		t.Errorf("listed with show_deleted: %v", got)
	}
	if r := c.do(t, http.MethodGet, "/stacks/"+s.name, nil); r.refusal() != "404 EntityNotFound" {
		t.Errorf("lookup by name: %d %s", r.status, r.text)
	}
	if r := c.do(t, http.MethodGet, "/stacks/"+s.id, nil); r.status != http.StatusFound {
		t.Errorf("lookup by id: %d %s", r.status, r.text)
	}
	if r := c.do(t, http.MethodDelete, s.path(), nil); r.refusal() != "404 EntityNotFound" {
		t.Errorf("deleted again: %d %s", r.status, r.text)
	}
	if r := c.do(t, http.MethodPatch, s.path(), map[string]any{}); r.refusal() != "404 EntityNotFound" {
		t.Errorf("PATCH: %d %s", r.status, r.text)
	}
	again := c.createNamed(t, s.name, none, nil)
	if again.id == s.id {
		t.Error("the same id again")
	}
}

func (c *cloud) act(t *testing.T, s stack, action string) {
	t.Helper()
	if r := c.do(t, http.MethodPost, s.path()+"/actions", map[string]any{action: nil}); r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", action, r.status, r.text)
	}
}

func checkLaunders(t *testing.T, c *cloud) {
	s := c.made(t, failing, map[string]any{"parameters": map[string]any{"fail": false}})
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": true, "value": "two"}})
	c.settled(t, s, "UPDATE_FAILED")
	c.act(t, s, "check")
	c.reached(t, s, "CHECK_COMPLETE")
}

func suspend(t *testing.T, c *cloud) {
	s := c.made(t, valued, nil)
	c.act(t, s, "suspend")
	c.reached(t, s, "SUSPEND_COMPLETE")
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		r := c.do(t, method, s.path(), map[string]any{"template": valued})
		if r.refusal() != "400 NotSupported" {
			t.Errorf("%s: %d %s", method, r.status, r.text)
		}
	}
	c.act(t, s, "resume")
	c.reached(t, s, "RESUME_COMPLETE")
	c.changed(t, http.MethodPatch, s, map[string]any{})
}

func actionKeys(t *testing.T, c *cloud) {
	s := c.made(t, none, nil)
	for _, body := range []map[string]any{{}, {"check": nil, "suspend": nil}, {"dance": nil}} {
		r := c.do(t, http.MethodPost, s.path()+"/actions", body)
		if r.refusal() != "400 HTTPBadRequest" {
			t.Errorf("%v: %d %s", body, r.status, r.text)
		}
	}
}

func cancelRules(t *testing.T, c *cloud) {
	s := c.made(t, slow, nil)
	for _, action := range []string{"cancel_update", "cancel_without_rollback"} {
		r := c.do(t, http.MethodPost, s.path()+"/actions", map[string]any{action: nil})
		if r.refusal() != "400 NotSupported" {
			t.Errorf("%s: %d %s", action, r.status, r.text)
		}
	}
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"value": "two"}})
	c.act(t, s, "cancel_update")
	c.reached(t, s, "ROLLBACK_COMPLETE")
	if got := c.show(t, s).at("stack.parameters.value"); got != "one" {
		t.Errorf("value %v", got)
	}
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"value": "three"}})
	c.act(t, s, "cancel_without_rollback")
	c.reached(t, s, "UPDATE_FAILED")
}

func createPreview(t *testing.T, c *cloud) {
	s := c.made(t, random, nil)
	r := c.do(t, http.MethodPost, "/stacks/preview", map[string]any{"stack_name": s.name, "template": random})
	if r.refusal() != "409 StackExists" {
		t.Errorf("taken name: %d %s", r.status, r.text)
	}
	n := name(t)
	r = c.do(t, http.MethodPost, "/stacks/preview", map[string]any{"stack_name": n, "template": random, "parameters": map[string]any{"length": 9}})
	if r.status != http.StatusOK || r.at("stack.stack_name") != n || r.at("stack.parameters.length") != "9" {
		t.Fatalf("%d %s", r.status, r.text)
	}
	res := r.list("stack.resources")
	if len(res) != 1 || res[0].(map[string]any)["resource_name"] != "rnd" {
		t.Errorf("resources %v", res)
	}
	if got := c.names(t, "name="+n); len(got) != 0 {
		t.Errorf("a preview made %v", got)
	}
}

// previewed are the names in each list of an update preview.
func (c *cloud) previewed(t *testing.T, method string, s stack, query string, body map[string]any) map[string]string {
	t.Helper()
	r := c.do(t, method, s.path()+"/preview"+query, body)
	if r.status != http.StatusOK {
		t.Fatalf("preview: %d %s", r.status, r.text)
	}
	got := map[string]string{}
	for kind, list := range r.at("resource_changes").(map[string]any) {
		var names []string
		for _, e := range list.([]any) {
			names = append(names, e.(map[string]any)["resource_name"].(string))
		}
		sortStrings(names)
		got[kind] = strings.Join(names, " ")
	}
	return got
}

func updatePreview(t *testing.T, c *cloud) {
	s := c.made(t, replacing, nil)
	for _, k := range []struct {
		name, method string
		body         map[string]any
		want         map[string]string
	}{
		{"nothing", http.MethodPatch, map[string]any{}, map[string]string{"unchanged": "c r t v"}},
		{"the same PUT", http.MethodPut, map[string]any{"template": replacing}, map[string]string{"unchanged": "c r t v"}},
		{
			"value", http.MethodPatch,
			map[string]any{"parameters": map[string]any{"value": "two"}},
			map[string]string{"unchanged": "r", "replaced": "c", "updated": "t v"},
		},
		{
			"length and one more", http.MethodPatch,
			map[string]any{"parameters": map[string]any{"length": 6, "extra": true}},
			map[string]string{"unchanged": "c t v", "replaced": "r", "added": "x"},
		},
		{
			"another template", http.MethodPut,
			map[string]any{"template": random},
			map[string]string{"added": "rnd", "deleted": "c r t v"},
		},
	} {
		want := map[string]string{"unchanged": "", "replaced": "", "updated": "", "added": "", "deleted": ""}
		for kind, names := range k.want {
			want[kind] = names
		}
		if diff := cmp.Diff(want, c.previewed(t, k.method, s, "", k.body)); diff != "" {
			t.Errorf("%s: %s", k.name, diff)
		}
	}
	if got := c.show(t, s).at("stack.updated_time"); got != nil {
		t.Errorf("a preview set updated_time %v", got)
	}
	r := c.do(t, http.MethodPut, s.path()+"/preview", map[string]any{"template": hiddenTemplate})
	if r.refusal() != "400 UserParameterMissing" {
		t.Errorf("missing parameter: %d %s", r.status, r.text)
	}
}

func validate(t *testing.T, c *cloud) {
	template := `
heat_template_version: 2018-08-31
description: d
parameters:
  a: {type: string, description: text, default: x, constraints: [{allowed_values: [x, y]}, {length: {min: 1, max: 3}}]}
  n: {type: number, hidden: true, label: Number, constraints: [{range: {min: 1, max: 9}, description: small}]}
parameter_groups: [{label: g, parameters: [a]}]
`
	r := c.do(t, http.MethodPost, "/validate", map[string]any{"template": template})
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.text)
	}
	want := map[string]any{
		"a": map[string]any{
			"Type": "String", "NoEcho": "false", "Description": "text", "Label": "a", "Default": "x",
			"AllowedValues": []any{"x", "y"}, "MinLength": 1.0, "MaxLength": 3.0,
		},
		"n": map[string]any{
			"Type": "Number", "NoEcho": "true", "Description": "", "Label": "Number", "MinValue": 1.0, "MaxValue": 9.0,
			"ConstraintDescription": "small",
		},
	}
	if diff := cmp.Diff(want, r.at("Parameters")); diff != "" {
		t.Error(diff)
	}
	if r.at("Description") != "d" || len(r.list("ParameterGroups")) != 1 {
		t.Errorf("%s", r.text)
	}
	bad := c.do(t, http.MethodPost, "/validate", map[string]any{"template": "heat_template_version: 2018-08-31\nresources: {r: {type: OS::No::Such}}"})
	if bad.refusal() != "400 HTTPBadRequest" {
		t.Errorf("bad: %d %s", bad.status, bad.text)
	}
}
