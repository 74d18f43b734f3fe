package contract

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const valued = `
heat_template_version: 2018-08-31
parameters:
  a: {type: string, default: a0}
  b: {type: string, default: b0}
resources:
  t: {type: OS::Heat::TestResource, properties: {value: {get_param: a}}}
  r: {type: OS::Heat::RandomString}
outputs:
  a: {value: {get_attr: [t, output]}}
  b: {value: {get_param: b}}
  r: {value: {get_attr: [r, value]}}
`

func (c *cloud) tags(t *testing.T, s stack) []any {
	t.Helper()
	r := c.do(t, http.MethodGet, "/stacks?id="+s.id, nil)
	rows := r.list("stacks")
	if len(rows) != 1 {
		t.Fatalf("list by id: %s", r.text)
	}
	tags, _ := rows[0].(map[string]any)["tags"].([]any)
	return tags
}

func putReplaces(t *testing.T, c *cloud) {
	s := c.made(t, valued, map[string]any{
		"tags": "x,y", "parameters": map[string]any{"a": "a1", "b": "b1"}, "files": map[string]any{"f": "1"}, "timeout_mins": 9,
	})
	r := c.output(t, s, "r")
	if x := c.do(t, http.MethodPut, s.path(), map[string]any{}); x.refusal() != "400 HTTPBadRequest" {
		t.Errorf("PUT without a template: %d %s", x.status, x.text)
	}
	c.changed(t, http.MethodPut, s, map[string]any{"template": valued, "parameters": map[string]any{"a": "a2"}})
	if tags := c.tags(t, s); len(tags) != 0 {
		t.Errorf("tags %v, want none", tags)
	}
	if got := []any{c.output(t, s, "a"), c.output(t, s, "b"), c.output(t, s, "r")}; !cmp.Equal(got, []any{"a2", "b0", r}) {
		t.Errorf("outputs %v", got)
	}
	if f := c.do(t, http.MethodGet, s.path()+"/files", nil); f.text != "{}" {
		t.Errorf("files %s", f.text)
	}
	if got := c.show(t, s).at("stack.timeout_mins"); got != 9.0 {
		t.Errorf("timeout %v, want the old 9", got)
	}
}

func patchMerges(t *testing.T, c *cloud) {
	s := c.made(t, valued, map[string]any{
		"tags": "x,y", "parameters": map[string]any{"a": "a1", "b": "b1"}, "files": map[string]any{"f": "1", "g": "1"},
	})
	c.changed(t, http.MethodPatch, s, map[string]any{
		"parameters": map[string]any{"a": "a2"}, "files": map[string]any{"g": "2"}, "tags": nil,
	})
	if diff := cmp.Diff([]any{"x", "y"}, c.tags(t, s)); diff != "" {
		t.Error(diff)
	}
	if got := []any{c.output(t, s, "a"), c.output(t, s, "b")}; !cmp.Equal(got, []any{"a2", "b1"}) {
		t.Errorf("outputs %v", got)
	}
	if diff := cmp.Diff(map[string]any{"f": "1", "g": "2"}, c.do(t, http.MethodGet, s.path()+"/files", nil).body); diff != "" {
		t.Error(diff)
	}
	c.changed(t, http.MethodPatch, s, map[string]any{"tags": "z", "clear_parameters": []string{"b", "unknown"}})
	if diff := cmp.Diff([]any{"z"}, c.tags(t, s)); diff != "" {
		t.Error(diff)
	}
	if got := c.output(t, s, "b"); got != "b0" {
		t.Errorf("b after clear_parameters %v", got)
	}
	smaller := strings.ReplaceAll(valued, "  b: {type: string, default: b0}\n", "")
	smaller = strings.ReplaceAll(smaller, "  b: {value: {get_param: b}}\n", "")
	c.changed(t, http.MethodPatch, s, map[string]any{"template": smaller})
	if got := c.output(t, s, "a"); got != "a2" {
		t.Errorf("a after another template %v", got)
	}
}

func unknownParameters(t *testing.T, c *cloud) {
	s := c.made(t, valued, nil)
	p := map[string]any{"colour": "red"}
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": p})
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": p, "template": valued})
	if got := c.show(t, s).at("stack.parameters.colour"); got != nil {
		t.Errorf("parameter %v", got)
	}
	r := c.do(t, http.MethodPut, s.path(), map[string]any{"parameters": p, "template": valued})
	if r.refusal() != "400 UnknownUserParameter" {
		t.Errorf("PUT: %d %s", r.status, r.text)
	}
	if got := r.text1("error.message"); got != "The Parameter (colour) was not defined in template." {
		t.Errorf("message %q", got)
	}
}

func emptyPatch(t *testing.T, c *cloud) {
	s := c.made(t, valued, nil)
	r := c.output(t, s, "r")
	c.tick()
	c.changed(t, http.MethodPatch, s, map[string]any{})
	if got := c.output(t, s, "r"); got != r {
		t.Errorf("resource changed: %v, was %v", got, r)
	}
	if c.show(t, s).at("stack.updated_time") == nil {
		t.Error("updated_time is null")
	}
	x := c.do(t, http.MethodPatch, s.path(), nil)
	if x.status != http.StatusBadRequest {
		t.Errorf("PATCH without a body: %d %s", x.status, x.text)
	}
}

func immutable(t *testing.T, c *cloud) {
	template := strings.Replace(valued, "default: a0}", "default: a0, immutable: true}", 1)
	s := c.made(t, template, nil)
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		r := c.do(t, method, s.path(), map[string]any{"template": template, "parameters": map[string]any{"a": "new"}})
		if r.refusal() != "400 ImmutableParameterModified" {
			t.Errorf("%s: %d %s", method, r.status, r.text)
		}
	}
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"a": "a0", "b": "new"}})
}

func updatedTime(t *testing.T, c *cloud) {
	s := c.made(t, valued, map[string]any{"tags": "x"})
	at := func() any { return c.show(t, s).at("stack.updated_time") }
	for _, action := range []string{"check", "suspend", "resume"} {
		if r := c.do(t, http.MethodPost, s.path()+"/actions", map[string]any{action: nil}); r.status != 200 || r.text != "null" {
			t.Fatalf("%s: %d %s", action, r.status, r.text)
		}
		c.reached(t, s, strings.ToUpper(action)+"_COMPLETE")
		if got := at(); got != nil {
			t.Errorf("after %s: %v", action, got)
		}
	}
	c.tick()
	c.accepted(t, http.MethodPatch, s, map[string]any{"tags": "y"})
	begun := at()
	c.settled(t, s, "UPDATE_COMPLETE")
	if got := at(); begun == nil || got != begun {
		t.Errorf("update: %v at its start, %v after its end", begun, got)
	}
	c.tick()
	if r := c.do(t, http.MethodPut, s.path(), map[string]any{"template": valued, "parameters": map[string]any{"no": 1}}); r.status != 400 {
		t.Errorf("bad PUT: %d", r.status)
	}
	if got := at(); got != begun {
		t.Errorf("a refused update changed it: %v, was %v", got, begun)
	}
}

func acceptedBodies(t *testing.T, c *cloud) {
	s := c.made(t, none, nil)
	for _, k := range []struct{ accept, kind, code string }{
		{"application/json", "application/json", "202 Accepted"},
		{"*/*", "text/html", ""},
		{"", "text/plain", ""},
		{"text/plain", "text/plain", ""},
	} {
		r := c.do(t, http.MethodPatch, s.path(), map[string]any{}, "Accept", k.accept)
		if r.status != http.StatusAccepted || !strings.HasPrefix(r.header.Get("Content-Type"), k.kind) {
			t.Errorf("%q: %d %s %s", k.accept, r.status, r.header.Get("Content-Type"), r.text)
		}
		if k.code != "" && r.at("code") != k.code {
			t.Errorf("code %v", r.at("code"))
		}
		c.settled(t, s, "UPDATE_COMPLETE")
	}
	r := c.do(t, http.MethodGet, "/stacks/gone/gone", nil, "Accept", "text/html")
	if r.at("code") != 404.0 || r.at("title") != "Not Found" || r.at("explanation") != "The resource could not be found." {
		t.Errorf("errors are always JSON: %s", r.text)
	}
	if r.header.Get("X-Openstack-Request-Id") == "" {
		t.Error("no request id")
	}
}

func updateRepairs(t *testing.T, c *cloud) {
	s := c.made(t, failing, map[string]any{"parameters": map[string]any{"fail": false}, "tags": "v1"})
	before := c.physical(t, s, "bad")
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": true, "value": "two"}, "tags": "v2"})
	r := c.settled(t, s, "UPDATE_FAILED")
	if got, want := r.text1("stack.stack_status_reason"), "resources.bad: Test Resource failed bad"; !strings.Contains(got, want) {
		t.Errorf("reason %q, want %q in it", got, want)
	}
	if diff := cmp.Diff([]any{"v2"}, c.tags(t, s)); diff != "" {
		t.Error(diff)
	}
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": false}})
	if after := c.physical(t, s, "bad"); after == before {
		t.Errorf("the failed resource was not replaced: %v", after)
	}
}

func (c *cloud) resource(t *testing.T, s stack, name string) map[string]any {
	t.Helper()
	r := c.do(t, http.MethodGet, s.path()+"/resources/"+name, nil)
	m, _ := r.at("resource").(map[string]any)
	if r.status != http.StatusOK {
		t.Fatalf("resource %s: %d %s", name, r.status, r.text)
	}
	return m
}

func (c *cloud) physical(t *testing.T, s stack, name string) string {
	t.Helper()
	id, _ := c.resource(t, s, name)["physical_resource_id"].(string)
	return id
}

func rollbackTags(t *testing.T, c *cloud) {
	s := c.made(t, failing, map[string]any{"parameters": map[string]any{"fail": false}, "tags": "v1", "disable_rollback": false})
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": true, "value": "two"}, "tags": "v2"})
	c.reached(t, s, "ROLLBACK_COMPLETE")
	if diff := cmp.Diff([]any{"v2"}, c.tags(t, s)); diff != "" {
		t.Error(diff)
	}
	if got := c.show(t, s).at("stack.parameters.value"); got != "one" {
		t.Errorf("value %v, want the old one", got)
	}
}

const slow = `
heat_template_version: 2018-08-31
parameters:
  value: {type: string, default: one}
resources:
  t: {type: OS::Heat::TestResource, properties: {value: {get_param: value}, action_wait_secs: {update: 4}}}
outputs:
  v: {value: {get_attr: [t, output]}}
`

func supersede(t *testing.T, c *cloud) {
	s := c.made(t, slow, map[string]any{"tags": "v1"})
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"value": "two"}, "tags": "v2"})
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"value": "three"}, "tags": "v3"})
	c.settled(t, s, "UPDATE_COMPLETE")
	if got := c.output(t, s, "v"); got != "three" {
		t.Errorf("value %v, want three", got)
	}
	if diff := cmp.Diff([]any{"v3"}, c.tags(t, s)); diff != "" {
		t.Error(diff)
	}
}

const replacing = `
heat_template_version: 2018-08-31
parameters:
  value: {type: string, default: one}
  replace: {type: boolean, default: false}
  length: {type: number, default: 5}
  extra: {type: boolean, default: false}
conditions:
  extra: {get_param: extra}
resources:
  t: {type: OS::Heat::TestResource, properties: {value: {get_param: value}, update_replace: {get_param: replace}}}
  r: {type: OS::Heat::RandomString, properties: {length: {get_param: length}}}
  c: {type: OS::Heat::SoftwareConfig, properties: {config: {get_param: value}}}
  v: {type: OS::Heat::Value, properties: {value: {get_param: value}}}
  x: {type: OS::Heat::RandomString, condition: extra}
`

func replacement(t *testing.T, c *cloud) {
	s := c.made(t, replacing, nil)
	ids := func() map[string]string {
		m := map[string]string{}
		for _, e := range c.do(t, http.MethodGet, s.path()+"/resources", nil).list("resources") {
			row := e.(map[string]any)
			m[row["resource_name"].(string)] = row["physical_resource_id"].(string)
		}
		return m
	}
	for _, k := range []struct {
		name     string
		params   map[string]any
		replaced string // letters of the resources with another physical id
	}{
		{"nothing", map[string]any{}, ""},
		{"value in place", map[string]any{"value": "two"}, "c"},
		{"value replacing", map[string]any{"value": "three", "replace": true}, "ct"},
		{"length", map[string]any{"length": 6}, "r"},
		{"one more", map[string]any{"extra": true}, "x"},
		{"one less", map[string]any{"extra": false}, "x"},
	} {
		before := ids()
		c.changed(t, http.MethodPatch, s, map[string]any{"parameters": k.params})
		after, got := ids(), ""
		for _, n := range []string{"c", "r", "t", "v", "x"} {
			if before[n] != after[n] {
				got += n
			}
		}
		if got != k.replaced {
			t.Errorf("%s: replaced %q, want %q", k.name, got, k.replaced)
		}
	}
}
