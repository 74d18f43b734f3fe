package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func lookups(t *testing.T, c *cloud) {
	s := c.made(t, random, nil)
	for _, k := range []struct{ method, path, want string }{
		{http.MethodGet, "/stacks/" + s.name, s.path()},
		{http.MethodGet, "/stacks/" + s.id, s.path()},
		{http.MethodGet, "/stacks/" + s.name + "?resolve_outputs=false", s.path() + "?resolve_outputs=false"},
		{http.MethodDelete, "/stacks/" + s.name, s.path()},
		{http.MethodPut, "/stacks/" + s.name, s.path()},
		{http.MethodPatch, "/stacks/" + s.name, s.path()},
		{http.MethodGet, "/stacks/" + s.name + "/resources", s.path() + "/resources"},
		{http.MethodGet, "/stacks/" + s.name + "/events", s.path() + "/events"},
		{http.MethodGet, "/stacks/" + s.name + "/template", s.path() + "/template"},
		{http.MethodGet, "/stacks/" + s.name + "/environment", s.path() + "/environment"},
		{http.MethodGet, "/stacks/" + s.name + "/files", s.path() + "/files"},
		{http.MethodPost, "/stacks/" + s.name + "/actions", s.path() + "/actions"},
	} {
		r := c.do(t, k.method, k.path, nil)
		if r.status != http.StatusFound || r.header.Get("Location") != c.heat+k.want {
			t.Errorf("%s %s: %d %q, want %s", k.method, k.path, r.status, r.header.Get("Location"), k.want)
		}
		if r.at("code") != "302 Found" {
			t.Errorf("code %v, want the string 302 Found", r.at("code"))
		}
	}
	if r := c.do(t, http.MethodGet, "/stacks/no-such-stack", nil); r.refusal() != "404 EntityNotFound" {
		t.Errorf("unknown: %d %s", r.status, r.text)
	}
}

func nameAndID(t *testing.T, c *cloud) {
	a, b := c.made(t, random, nil), c.made(t, random, nil)
	for _, s := range []stack{{a.name, b.id}, {a.name, "no-such-id"}} {
		r := c.do(t, http.MethodGet, s.path(), nil)
		if r.refusal() != "404 EntityNotFound" {
			t.Errorf("%v: %d %s", s, r.status, r.text)
		}
	}
}

func showFields(t *testing.T, c *cloud) {
	s := c.made(t, random, map[string]any{"timeout_mins": 7})
	r := c.show(t, s)
	body, _ := r.at("stack").(map[string]any)
	var keys []string
	for k := range body {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{
		"capabilities", "creation_time", "deletion_time", "description", "disable_rollback", "id", "links",
		"notification_topics", "outputs", "parameters", "parent", "stack_name", "stack_owner", "stack_status",
		"stack_status_reason", "stack_user_project_id", "tags", "template_description", "timeout_mins", "updated_time",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
	if body["description"] != "a contract" || body["template_description"] != "a contract" {
		t.Errorf("description %v", body["description"])
	}
	if body["timeout_mins"] != float64(7) || body["disable_rollback"] != true || body["parent"] != nil {
		t.Errorf("timeout %v, disable_rollback %v, parent %v", body["timeout_mins"], body["disable_rollback"], body["parent"])
	}
	if tags := body["tags"]; tags != nil && len(r.list("stack.tags")) != 0 {
		t.Errorf("tags %v", tags)
	}
	short := c.do(t, http.MethodGet, s.path()+"?resolve_outputs=false", nil)
	if m, _ := short.at("stack").(map[string]any); m["outputs"] != nil {
		t.Errorf("outputs with resolve_outputs=false: %v", m["outputs"])
	}
	other := c.made(t, none, nil)
	if got := c.show(t, other).at("stack.description"); got != "No description" {
		t.Errorf("no description: %v", got)
	}
}

const hiddenTemplate = `
heat_template_version: 2018-08-31
parameters:
  secret: {type: string, hidden: true}
  plain: {type: string, default: x}
resources:
  v: {type: OS::Heat::Value, properties: {value: {get_param: secret}}}
outputs:
  v: {value: {get_attr: [v, value]}}
`

func hiddenMasked(t *testing.T, c *cloud) {
	s := c.made(t, hiddenTemplate, map[string]any{"parameters": map[string]any{"secret": "s3cret"}})
	if got := c.show(t, s).at("stack.parameters.secret"); got != "******" {
		t.Errorf("show: %v", got)
	}
	if got := c.do(t, http.MethodGet, s.path()+"/environment", nil).at("parameters.secret"); got != "******" {
		t.Errorf("environment: %v", got)
	}
	if got := c.output(t, s, "v"); got != "s3cret" {
		t.Errorf("output %v", got)
	}
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"plain": "y"}})
	if got := c.output(t, s, "v"); got != "s3cret" {
		t.Errorf("output after a PATCH %v", got)
	}
	r := c.do(t, http.MethodPut, s.path(), map[string]any{"template": hiddenTemplate})
	if r.refusal() != "400 UserParameterMissing" {
		t.Errorf("PUT without it: %d %s", r.status, r.text)
	}
}

const typed = `
heat_template_version: 2018-08-31
parameters:
  s: {type: string, default: text}
  n: {type: number, default: 3}
  f: {type: number, default: 1.5}
  l: {type: comma_delimited_list, default: "a,b"}
  j: {type: json, default: {k: [1, true, null]}}
  b: {type: boolean, default: true}
outputs:
  n: {value: {get_param: n}}
  l: {value: {get_param: l}}
  l1: {value: {get_param: [l, 1]}}
  j: {value: {get_param: [j, k, 0]}}
  b: {value: {get_param: b}}
`

func shownParameters(t *testing.T, c *cloud) {
	s := c.made(t, typed, nil)
	want := map[string]any{
		"s": "text", "n": "3", "f": "1.5", "l": "a,b", "j": `{"k": [1, true, null]}`, "b": "True",
		"OS::stack_id": s.id, "OS::stack_name": s.name, "OS::project_id": c.project,
	}
	if diff := cmp.Diff(want, c.show(t, s).at("stack.parameters")); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]any{"n": 3.0, "l": []any{"a", "b"}, "l1": "b", "j": 1.0, "b": true} {
		if diff := cmp.Diff(want, c.output(t, s, key)); diff != "" {
			t.Errorf("output %s: %s", key, diff)
		}
	}
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{
		"s": 12, "n": "4", "l": []any{"x", "y"}, "j": `{"z":1}`, "b": "off", "f": nil,
	}})
	want = map[string]any{
		"s": "12", "n": "4", "f": "1.5", "l": "x,y", "j": `{"z": 1}`, "b": "False",
		"OS::stack_id": s.id, "OS::stack_name": s.name, "OS::project_id": c.project,
	}
	if diff := cmp.Diff(want, c.show(t, s).at("stack.parameters")); diff != "" {
		t.Error(diff)
	}
}

func parts(t *testing.T, c *cloud) {
	template := "heat_template_version: 2018-08-31\nparameters:\n  p: {type: string, default: d}\n  q: {type: string, default: d}\n"
	s := c.made(t, template, map[string]any{
		"files": map[string]any{"a.txt": "A é"}, "parameters": map[string]any{"p": "1"},
		"environment": "parameters: {q: env}\nparameter_defaults: {z: 1}\n",
	})
	tmpl := c.do(t, http.MethodGet, s.path()+"/template", nil)
	if tmpl.at("heat_template_version") != "2018-08-31" || tmpl.at("parameters.p.default") != "d" {
		t.Errorf("template %s", tmpl.text)
	}
	files := c.do(t, http.MethodGet, s.path()+"/files", nil)
	if diff := cmp.Diff(map[string]any{"a.txt": "A é"}, files.body); diff != "" {
		t.Error(diff)
	}
	env := c.do(t, http.MethodGet, s.path()+"/environment", nil)
	want := map[string]any{
		"parameters": map[string]any{"p": "1", "q": "env"}, "parameter_defaults": map[string]any{"z": 1.0},
		"resource_registry": map[string]any{"resources": map[string]any{}}, "encrypted_param_names": []any{}, "event_sinks": []any{},
	}
	if diff := cmp.Diff(want, env.body); diff != "" {
		t.Error(diff)
	}
}

func outputs(t *testing.T, c *cloud) {
	s := c.made(t, random+"  fixed: {value: 7, description: seven}\n", nil)
	list := c.do(t, http.MethodGet, s.path()+"/outputs", nil)
	got := map[string]any{}
	for _, o := range list.list("outputs") {
		m := o.(map[string]any)
		got[m["output_key"].(string)] = m["description"]
		if m["output_value"] != nil {
			t.Errorf("value in the list: %v", m)
		}
	}
	if diff := cmp.Diff(map[string]any{"rnd": "No description given", "fixed": "seven"}, got); diff != "" {
		t.Error(diff)
	}
	if v := c.output(t, s, "fixed"); v != 7.0 {
		t.Errorf("fixed %v", v)
	}
	if r := c.do(t, http.MethodGet, s.path()+"/outputs/gone", nil); r.refusal() != "404 NotFound" {
		t.Errorf("unknown output: %d %s", r.status, r.text)
	}
	if n := len(c.show(t, s).list("stack.outputs")); n != 2 {
		t.Errorf("%d outputs in show, want 2", n)
	}
}

const functional = `
heat_template_version: 2018-08-31
parameters:
  names: {type: comma_delimited_list, default: "a,b"}
  flag: {type: boolean, default: false}
conditions:
  is_on: {get_param: flag}
  is_off: {not: is_on}
  one: {equals: [{get_param: [names, 0]}, a]}
  both: {and: [is_off, one]}
  either: {or: [is_on, {not: one}]}
resources:
  extra: {type: OS::Heat::RandomString, condition: is_on}
  v: {type: OS::Heat::Value, properties: {value: hello}}
outputs:
  replace: {value: {str_replace: {template: "x $a $ab", params: {$a: 1, $ab: [2, "3"]}}}}
  join: {value: {list_join: ["-", {get_param: names}, [c]]}}
  split: {value: {str_split: [",", "p,q,r", 1]}}
  splits: {value: {str_split: [",", "p,q"]}}
  repeat: {value: {repeat: {template: "%a%.%b%", for_each: {"%a%": {get_param: names}, "%b%": ["1", "2"]}}}}
  maps: {value: {repeat: {template: {k: "%n%"}, for_each: {"%n%": {get_param: names}}}}}
  if: {value: {if: [is_on, yes1, no1]}}
  ifc: {value: {if: [both, 1, 2]}}
  ifo: {value: {if: [either, 1, 2]}}
  merge: {value: {map_merge: [{a: 1}, {b: 2}, {a: 3}]}}
  concat: {value: {list_concat: [[1], [2, 1]]}}
  unique: {value: {list_concat_unique: [[1], [2, 1]]}}
  digest: {value: {digest: [sha256, abc]}}
  attr: {value: {get_attr: [v, value]}}
  file: {value: {get_file: f.txt}}
  stack: {value: {get_param: "OS::stack_name"}}
  absent: {value: {get_attr: [extra, value]}, condition: is_on}
  gone: {value: {get_attr: [v, value, nothing]}}
  jsons: {value: {list_join: [",", [x, null, {a: b}]]}}
  contains: {value: {contains: [a, {get_param: names}]}}
  mapreplace: {value: {map_replace: [{k: v}, {keys: {k: K}, values: {v: V}}]}}
  filter: {value: {filter: [[a], {get_param: names}]}}
  url: {value: {make_url: {scheme: http, host: h.example, port: 80, path: /p}}}
`

func functions(t *testing.T, c *cloud) {
	s := c.made(t, functional, map[string]any{"files": map[string]any{"f.txt": "content"}})
	want := map[string]any{
		"replace": `x 1 [2, "3"]`, "join": "a-b-c", "split": "q", "splits": []any{"p", "q"},
		"repeat": []any{"a.1", "a.2", "b.1", "b.2"}, "maps": []any{map[string]any{"k": "a"}, map[string]any{"k": "b"}},
		"if": "no1", "ifc": 1.0, "ifo": 2.0, "merge": map[string]any{"a": 3.0, "b": 2.0},
		"concat": []any{1.0, 2.0, 1.0}, "unique": []any{1.0, 2.0},
		"digest": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"attr":   "hello", "file": "content", "stack": s.name, "gone": nil, "absent": nil, "jsons": `x,,{"a": "b"}`,
		"contains": true, "mapreplace": map[string]any{"K": "V"}, "filter": []any{"b"}, "url": "http://h.example:80/p",
	}
	got := map[string]any{}
	for _, o := range c.show(t, s).list("stack.outputs") {
		m := o.(map[string]any)
		got[m["output_key"].(string)] = m["output_value"]
		if m["output_error"] != nil {
			t.Errorf("%v: %v", m["output_key"], m["output_error"])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func badJoin(t *testing.T, c *cloud) {
	for _, item := range []string{"true", "1", "{get_param: n}"} {
		s := c.made(t, "heat_template_version: 2018-08-31\nparameters: {n: {type: number, default: 1}}\noutputs: {o: {value: {list_join: [',', ["+item+"]]}}}", nil)
		out, _ := c.show(t, s).list("stack.outputs")[0].(map[string]any)
		why, _ := out["output_error"].(string)
		if out["output_value"] != nil || !strings.HasPrefix(why, "Items to join must be string, map or list not ") {
			t.Errorf("%s: %v", item, out)
		}
	}
}
