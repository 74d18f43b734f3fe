package hot

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	for _, k := range []struct {
		name, text string
		want       any
	}{
		{"a date stays text", "v: 2018-08-31", map[string]any{"v": "2018-08-31"}},
		{"YAML 1.1 booleans", "[yes, off, 'no', true]", []any{true, false, "no", true}},
		{"numbers", "[1, 1.5, 0x10, '1']", []any{int64(1), 1.5, int64(16), "1"}},
		{"merge keys", "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}", map[string]any{
			"a": map[string]any{"x": int64(1), "y": int64(2)}, "b": map[string]any{"x": int64(1), "y": int64(3)},
		}},
		{"JSON", `{"a": [null, "é"]}`, map[string]any{"a": []any{nil, "é"}}},
		{"nothing", "", nil},
	} {
		got, err := Decode(k.text)
		if diff := cmp.Diff(k.want, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", k.name, diff, err)
		}
	}
}

func TestDependencies(t *testing.T) {
	tmpl, err := Parse(`
heat_template_version: 2018-08-31
parameters: {p: {type: boolean}}
conditions: {c: {get_param: p}}
resources:
  a: {type: X}
  b: {type: X, depends_on: a}
  later: {type: X, condition: c}
  d: {type: X, depends_on: [later], properties: {v: {if: [c, {get_resource: a}, {get_attr: [b, x]}]}}}
`)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[bool][]string{true: {"a", "later"}, false: {"b"}} {
		s := &Scope{Template: tmpl, Params: map[string]any{"p": p}}
		got, err := s.Depends(tmpl.Resources["d"])
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("p=%v: %s %v", p, diff, err)
		}
	}
}

func TestCircularConditionIsRefused(t *testing.T) {
	tmpl, err := Parse("heat_template_version: 2018-08-31\nconditions: {a: {not: b}, b: a}\nresources: {r: {type: X, condition: a}}")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&Scope{Template: tmpl}).Enabled("a"); err == nil {
		t.Error("no error")
	}
}

func TestBindRefuses(t *testing.T) {
	tmpl, err := Parse(`
heat_template_version: 2018-08-31
parameters:
  n: {type: number, default: 4, constraints: [{range: {min: 2, max: 6}}, {modulo: {step: 2, offset: 0}}]}
  s: {type: string, default: ab, constraints: [{length: {max: 3}}, {allowed_pattern: "[a-c]+"}]}
  f: {type: string, default: m1, constraints: [{custom_constraint: nova.flavor}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(_, v string) bool { return v != "gone" }
	for _, k := range []struct {
		name  string
		given map[string]any
		want  string // error type
	}{
		{"defaults", nil, ""},
		{"null is the default", map[string]any{"n": nil}, ""},
		{"text for a number", map[string]any{"n": "6"}, ""},
		{"range", map[string]any{"n": 8}, "StackValidationFailed"},
		{"modulo", map[string]any{"n": 3}, "StackValidationFailed"},
		{"length", map[string]any{"s": "abca"}, "StackValidationFailed"},
		{"pattern", map[string]any{"s": "abd"}, "StackValidationFailed"},
		{"custom", map[string]any{"f": "gone"}, "StackValidationFailed"},
		{"unknown", map[string]any{"x": 1}, "UnknownUserParameter"},
	} {
		_, err := tmpl.Bind(Given{Parameters: Plain(anyMap(k.given)).(map[string]any), Lookup: lookup})
		var h *Error
		errors.As(err, &h)
		if got := h; (got == nil) != (k.want == "") || (got != nil && got.Type != k.want) {
			t.Errorf("%s: %v, want %q", k.name, err, k.want)
		}
	}
}

func anyMap(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
