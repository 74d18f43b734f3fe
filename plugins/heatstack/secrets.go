package heatstack

import "slices"

// Resources at the root that may hold a secret: servers get their id alone. What
// any other resource gets as a property Heat shows in clear in events, and below
// the root in the nested stack's parameters and template too (seen on Heat 19).
var secretHolders = []string{"OS::Heat::SoftwareConfig", "OS::Heat::CloudConfig", "OS::Heat::MultipartMime"}

// checkSecrets holds the ways of secrets to what Heat does not show.
func (r *rendered) checkSecrets() {
	secret := map[string]bool{}
	for name := range r.stack.Secrets {
		secret[name] = true
	}
	if len(secret) == 0 {
		return
	}
	holders := map[string]bool{}
	resources := mapAt(r.template, "resources")
	for _, name := range keys(resources) {
		kind, properties := textAt(resources[name], "type"), at(resources[name], "properties")
		for _, p := range parametersIn(resources[name]) {
			switch {
			case !secret[p]:
			case slices.Contains(secretHolders, kind):
				holders[name] = true
			case isNested(kind):
				r.checkHandedDown(name, kind, p, properties)
			default:
				r.wrong("secret parameter %q is a property of resource %q (%s): put it into an OS::Heat::SoftwareConfig at the root and hand that down by id", p, name, kind)
			}
		}
	}
	for _, p := range parametersIn(at(r.template, "outputs")) {
		if secret[p] {
			r.wrong("secret parameter %q is in an output", p)
		}
	}
	r.checkReadBack(holders)
}

// checkHandedDown allows a nested template a secret that it declares hidden and
// gives to no resource.
func (r *rendered) checkHandedDown(name, file, p string, properties any) {
	takes, _ := declared(r.files[file])
	given, _ := properties.(map[string]any)
	for _, as := range keys(given) {
		if !slices.Contains(parametersIn(given[as]), p) {
			continue
		}
		if !takes[as].hidden {
			r.wrong("resource %q hands secret parameter %q to %q, which must declare %q hidden", name, p, file, as)
		}
		if slices.Contains(parametersIn(at(r.files[file], "resources")), as) || slices.Contains(parametersIn(at(r.files[file], "outputs")), as) {
			r.wrong("secret parameter %q becomes a property or an output below the root, in %q", p, file)
		}
	}
}

// checkReadBack forbids to read a holder's text with get_attr.
func (r *rendered) checkReadBack(holders map[string]bool) {
	walk(r.template, func(key string, v any) {
		path, ok := v.([]any)
		if key != "get_attr" || !ok || len(path) == 0 {
			return
		}
		if name, _ := path[0].(string); holders[name] {
			r.wrong("get_attr reads resource %q, which holds a secret: use get_resource", name)
		}
	})
}
