package heatstack

import (
	"encoding/json"
	"slices"
	"strings"
)

// Heat's and Nova's limits, in bytes unless said otherwise. Heat's are its
// defaults (max_template_size, max_json_body_size, Heat 10 to 26).
const (
	maxTemplate  = 524_288
	maxBody      = 1 << 20
	maxUserData  = 49_151 // raw: Nova's 65,535 is of the base64 text
	maxTag       = 80     // characters
	maxStackName = 255    // characters

	bodyMargin = 4096 // for tags, name, timeout and the keys around them
)

// checkLimits holds the render to what Heat and Nova take. More than this a
// stack may still be too big for its project; only Heat knows.
func (r *rendered) checkLimits() {
	root := len(r.text)
	if n := max(root, len(r.stack.Template)); n > maxTemplate {
		r.tooBig("the template has %d bytes, Heat takes %d", n, maxTemplate)
	}
	for _, name := range keys(r.files) {
		if n := len(r.stack.Files[name]); n > maxTemplate {
			r.tooBig("file %q has %d bytes, Heat takes %d", name, n, maxTemplate)
		}
	}
	body, _ := json.Marshal(map[string]any{
		"files": r.stack.Files, "environment": r.stack.Environment, "parameters": r.params,
	})
	if n := root + len(body) + bodyMargin; n > maxBody {
		r.tooBig("the request has %d bytes, Heat takes %d", n, maxBody)
	}
	if n := len(StackName(r.cluster)); n > maxStackName {
		r.tooBig("the stack's name has %d characters, Heat takes %d", n, maxStackName)
	}
	for _, t := range r.tags("") {
		if len(t) > maxTag {
			r.tooBig("tag %q has more than %d characters", t, maxTag)
		}
	}
	r.checkUserData(nil)
}

func (r *rendered) tooBig(format string, args ...any) {
	r.wrong(format, args...)
	last := &r.diagnostics[len(r.diagnostics)-1]
	last.Code, last.Remedy = "too-big", "make labels and texts of the cluster shorter, or report it to the driver's author"
}

// checkUserData bounds what servers boot. A nested template's parameters are
// followed to where they come from; what no one can know before Heat (addresses,
// ids) counts as 64 bytes. secrets holds what parameters get; nil before Apply, when
// they count as long as they can be.
func (r *rendered) checkUserData(secrets map[string][]byte) {
	all := r.templates()
	for _, file := range keys(all) {
		m := measure{r: r, file: file, secrets: secrets}
		resources := mapAt(all[file], "resources")
		for _, name := range keys(resources) {
			properties := mapAt(resources[name], "properties")
			var text any
			switch textAt(resources[name], "type") {
			case "OS::Nova::Server":
				text = properties["user_data"]
			case "OS::Heat::SoftwareConfig":
				text = properties["config"]
			}
			if n := m.size(text, 0); n > maxUserData {
				r.tooBig("the user data of resource %q may have %d bytes, Nova takes %d", name, n, maxUserData)
			}
		}
	}
}

// unknownSize is what a value that only Heat knows is taken for.
const unknownSize = 64

// measure gives upper bounds of the size of expressions in one template.
type measure struct {
	r       *rendered
	file    string
	secrets map[string][]byte
}

func (m measure) size(v any, depth int) int {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return len(v)
	case []any:
		n := 0
		for _, e := range v {
			n += m.size(e, depth) + 4
		}
		return n
	case map[string]any:
		for _, f := range []string{"get_param", "get_file", "str_replace", "str_replace_strict", "list_join", "if"} {
			if arg, ok := v[f]; ok && len(v) == 1 && depth < 32 {
				return m.function(f, arg, depth+1)
			}
		}
		if len(v) == 1 && strings.HasPrefix(keys(v)[0], "get_") {
			return unknownSize
		}
		n := 2
		for k, e := range v {
			n += len(k) + 6 + m.size(e, depth)
		}
		return n
	}
	text, _ := json.Marshal(v)
	return len(text)
}

func (m measure) function(name string, arg any, depth int) int {
	list, _ := arg.([]any)
	switch name {
	case "get_param":
		if len(list) > 0 {
			arg = list[0]
		}
		param, _ := arg.(string)
		return m.parameter(param, depth)
	case "get_file":
		file, _ := arg.(string)
		return len(m.r.stack.Files[file])
	case "if":
		n := 0
		for _, branch := range list[min(1, len(list)):] {
			n = max(n, m.size(branch, depth))
		}
		return n
	case "list_join":
		n, parts := 0, slices.Concat(list)
		for _, p := range parts[min(1, len(parts)):] {
			n += m.size(p, depth)
		}
		if len(parts) > 0 {
			n += m.size(parts[0], depth) * 16
		}
		return n
	}
	return m.replaced(arg, depth)
}

// replaced bounds a str_replace: where the text is known, each key is counted.
func (m measure) replaced(arg any, depth int) int {
	template := at(arg, "template")
	text, known := template.(string)
	if file := textAt(template, "get_file"); file != "" {
		text, known = m.r.stack.Files[file], true
	}
	n := m.size(template, depth)
	params := mapAt(arg, "params")
	for key, v := range params {
		times := 1
		if known {
			times = strings.Count(text, key)
		}
		n += times * max(0, m.size(v, depth)-len(key))
	}
	return n
}

func (m measure) parameter(name string, depth int) int {
	if m.file == "" {
		if _, secret := m.r.stack.Secrets[name]; secret {
			return m.secretSize(name)
		}
		if m.r.declared[name].kind == "comma_delimited_list" { // as JSON in a text
			return len(m.r.params[name]) + 4*(1+strings.Count(m.r.params[name], ",")) + 2
		}
		return len(m.r.params[name])
	}
	n := 0
	if d, err := declared(m.r.files[m.file]); err == nil {
		n = len(d[name].def)
	}
	all := m.r.templates()
	for from, t := range all {
		for _, u := range uses(from, t) {
			if u.file == m.file && u.from != m.file {
				n = max(n, measure{m.r, from, m.secrets}.size(u.given[name], depth+1))
			}
		}
	}
	return n
}
