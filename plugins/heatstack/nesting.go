package heatstack

// use is one place where a nested template is used as a resource type.
type use struct {
	file  string         // the nested template
	from  string         // the template it is used in, "" for the root
	in    string         // name of the resource
	given map[string]any // properties
	group bool           // through a group's resource_def or resource
}

// uses finds all nested templates in one template's resources.
func uses(from string, template map[string]any) []use {
	var out []use
	resources := mapAt(template, "resources")
	for _, name := range keys(resources) {
		of, given := resources[name], mapAt(resources[name], "properties")
		if kind := textAt(of, "type"); isNested(kind) {
			out = append(out, use{file: kind, from: from, in: name, given: given})
		}
		for _, key := range []string{"resource_def", "resource"} {
			if kind := textAt(given, key, "type"); isNested(kind) {
				out = append(out, use{file: kind, from: from, in: name, given: mapAt(given, key, "properties"), group: true})
			}
		}
	}
	return out
}

// templates gives the root and all nested templates by their file name.
func (r *rendered) templates() map[string]map[string]any {
	all := map[string]map[string]any{"": r.template}
	for name, t := range r.files {
		all[name] = t
	}
	return all
}

// checkNesting holds the parameters handed down to what nested templates
// declare, and every file that is named to those that are sent.
func (r *rendered) checkNesting() {
	all := r.templates()
	for _, from := range keys(all) {
		for _, u := range uses(from, all[from]) {
			if _, mapped := mapAt(r.stack.Environment, "resource_registry")[u.file]; mapped {
				continue
			}
			nested, ok := r.files[u.file]
			if !ok {
				r.wrong("resource %q is a %q, which is not among the files", u.in, u.file)
				continue
			}
			r.checkGiven(u, nested)
		}
		walk(all[from], func(key string, v any) {
			if name, ok := v.(string); ok && key == "get_file" {
				if _, there := r.stack.Files[name]; !there {
					r.wrong("get_file names %q, which is not among the files", name)
				}
			}
		})
	}
}

func (r *rendered) checkGiven(u use, nested map[string]any) {
	takes, err := declared(nested)
	if err != nil {
		r.wrong("file %q: %v", u.file, err)
		return
	}
	for _, name := range keys(u.given) {
		if _, ok := takes[name]; !ok {
			r.wrong("resource %q gives %q the parameter %q, which it does not declare", u.in, u.file, name)
		}
	}
	for _, name := range keys(takes) {
		if _, ok := u.given[name]; !ok && !takes[name].hasDef {
			r.wrong("resource %q does not give %q the parameter %q, which has no default", u.in, u.file, name)
		}
	}
}

// walk visits every key of every mapping below v.
func walk(v any, visit func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range keys(v) {
			visit(k, v[k])
			walk(v[k], visit)
		}
	case []any:
		for _, e := range v {
			walk(e, visit)
		}
	}
}

// parametersIn gives the parameters an expression reads, each once or more.
func parametersIn(v any) []string {
	var out []string
	walk(map[string]any{"": v}, func(key string, v any) {
		if key != "get_param" {
			return
		}
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			if len(v) > 0 {
				name, _ := v[0].(string)
				out = append(out, name)
			}
		}
	})
	return out
}
