package hot

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse holds the templates' language to its promises on any text: all of it
// returns, what Heat refuses is refused in Heat's words, and the template as GET
// template shows it is the same template.
func FuzzParse(f *testing.F) {
	const head = "heat_template_version: 2018-08-31\n"
	for _, text := range []string{
		head + "resources: {r: {type: T, properties: {p: {if: [c, 1]}}}}\nconditions: {c: {equals: [1, 1]}}",
		head + "outputs: {o: {value: {repeat: {for_each: {a: [1]}, template: a}}}}",
		head + "outputs: {o: {value: {repeat: {for_each: {a: [1, 2], b: [3]}, template: {a: [b]}, permutations: false}}}}",
		head + "parameters: {p: {type: comma_delimited_list, default: 'a,b', constraints: [{length: {min: 1}}]}}\noutputs: {o: {value: {list_join: [',', {get_param: p}]}}}",
		head + "a: &a [*a]", head + "outputs: {o: {value: &a {b: *a}}}", head + "conditions: {a: {not: b}, b: {not: a}}\nresources: {r: {type: X, condition: a}}",
		head + "outputs: {o: {value: {str_replace: {template: $a, params: {$a: {get_param: 'OS::stack_name'}}}}}}", head + "outputs: {o: {value: {yaql: {expression: $.data, data: 1}}}}",
		head + "outputs: {o: {value: {map_merge: [{a: 1}, null, {digest: [sha512, x]}]}}}", head + "outputs: {o: {value: {str_split: [',', 'a,b', 9]}}}", head + "outputs: {o: {value: {get_attr: [r, x, 0]}}}\nresources: {r: {type: X, depends_on: r}}",
		`{"heat_template_version": "2018-08-31", "resources": {"r": {"type": "OS::Heat::ResourceGroup", "properties": {"count": 1e9, "resource_def": {}}}}}`,
		"heat_template_version: 1", "", "[]", "\t", head + "parameters: {p: {type: number, default: x, constraints: [{range: {min: 1}}, {allowed_pattern: '('}]}}",
		head + "outputs: {o: {value: {str_replace_vstrict: {template: aaaa, params: {a: aa}}}}}", head + "outputs: {o: {value: {list_join: ['x', [[1, {a: 2}]]]}}}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := Parse(text)
		if err != nil {
			if h := new(Error); !errors.As(err, &h) || h.Type == "" || h.Message == "" {
				t.Errorf("not Heat's refusal: %v", err)
			}
			return
		}
		raw, err := json.Marshal(tmpl.Raw)
		if err != nil {
			return // .inf and .nan
		}
		again, err := Parse(string(raw))
		if err != nil {
			t.Fatalf("%s is not read again: %v", raw, err)
		}
		if diff := cmp.Diff(Keys(tmpl.Resources), Keys(again.Resources)); diff != "" {
			t.Errorf("as JSON it has other resources:\n%s", diff)
		}
		params, err := tmpl.Bind(Given{Partial: true})
		if err != nil {
			return
		}
		s := &Scope{Template: tmpl, Params: params}
		for _, name := range Keys(tmpl.Resources) {
			_, _ = s.Enabled(tmpl.Resources[name].Condition)
			_, _ = s.Properties(tmpl.Resources[name])
			_, _ = s.Depends(tmpl.Resources[name])
		}
		for _, name := range Keys(tmpl.Outputs) {
			_, _ = s.Resolve(tmpl.Outputs[name].Value)
		}
	})
}
