package heatstack

import "strconv"

// resourceCount is how many resources the whole tree of the stack has, as Heat
// counts them against max_resources_per_stack (1,000 by default, Heat 10 to 26):
// groups and nested stacks count, and so does each of their members. What only
// Heat can know (a count computed by a function, a condition) is taken for one,
// so the figure is a lower bound.
func (r *rendered) resourceCount() int { return r.countIn(r.template, r.params, 0) }

// countIn counts one template's resources, whose parameters have these values.
func (r *rendered) countIn(template map[string]any, params map[string]string, depth int) int {
	resources := mapAt(template, "resources")
	n := len(resources)
	if depth > maxNesting {
		return n
	}
	for _, name := range keys(resources) {
		of, given := resources[name], mapAt(resources[name], "properties")
		if t, ok := r.files[textAt(of, "type")]; ok {
			n += r.countIn(t, handed(given, params), depth+1)
		}
		for _, key := range []string{"resource_def", "resource"} {
			member := mapAt(given, key)
			if member == nil {
				continue
			}
			each := 1
			if t, ok := r.files[textAt(member, "type")]; ok {
				each += r.countIn(t, handed(mapAt(member, "properties"), params), depth+2)
			}
			n += each * members(given, params)
		}
	}
	return n
}

// maxNesting bounds the walk: Heat nests five deep by default.
const maxNesting = 10

// members is how many members a group has, 1 where nobody can say.
func members(given map[string]any, params map[string]string) int {
	for _, key := range []string{"count", "desired_capacity"} {
		if text, ok := valueOf(given[key], params); ok {
			if n, err := strconv.Atoi(text); err == nil {
				return n
			}
		}
	}
	return 1
}

// handed gives the values of parameters handed down to a nested template.
func handed(given map[string]any, params map[string]string) map[string]string {
	out := map[string]string{}
	for name, v := range given {
		if text, ok := valueOf(v, params); ok {
			out[name] = text
		}
	}
	return out
}

// valueOf gives a literal, or the value of the parameter that is read.
func valueOf(v any, params map[string]string) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int:
		return strconv.Itoa(v), true
	case map[string]any:
		if name, ok := v["get_param"].(string); ok {
			text, known := params[name]
			return text, known
		}
	}
	return "", false
}
