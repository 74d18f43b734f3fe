package heatstack

import "fmt"

const serverType = "OS::Nova::Server"

// checkUpdatePolicy asks of every server that boots a text to say what an update of
// that text does. Heat's own answer where nothing is written is REPLACE: a changed
// word then loses what runs, whatever effect the schema tells.
func (r *rendered) checkUpdatePolicy() {
	all := r.templates()
	for _, file := range keys(all) {
		for _, s := range r.serversIn(all[file]) {
			if s.properties["user_data"] == nil || s.properties["user_data_update_policy"] != nil {
				continue
			}
			r.wrong("server %q%s has user_data and no user_data_update_policy, so Heat replaces it when that text changes: write IGNORE, or REPLACE where that is meant", s.name, ofFile(file))
		}
	}
}

// server is one server of a template, or what a group of it makes its members of.
type server struct {
	name       string // of the resource
	properties map[string]any
}

func (r *rendered) serversIn(template map[string]any) []server {
	var out []server
	resources := mapAt(template, "resources")
	for _, name := range keys(resources) {
		given := mapAt(resources[name], "properties")
		if r.isServer(textAt(resources[name], "type")) {
			out = append(out, server{name, given})
		}
		for _, key := range []string{"resource_def", "resource"} {
			if r.isServer(textAt(given, key, "type")) {
				out = append(out, server{name, mapAt(given, key, "properties")})
			}
		}
	}
	return out
}

// isServer tells whether a resource type is Nova's, or one that the environment maps
// to it.
func (r *rendered) isServer(kind string) bool {
	return kind == serverType || kind != "" && textAt(r.stack.Environment, "resource_registry", kind) == serverType
}

// ofFile names a nested template, and the root not at all.
func ofFile(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" of file %q", name)
}
