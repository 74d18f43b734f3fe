package heatstack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// checkReferences holds every name that a template reads to what the same
// template declares: Heat would say so too, but only at the create and without
// the file.
func (r *rendered) checkReferences() {
	all := r.templates()
	for _, from := range keys(all) {
		takes, err := declared(all[from])
		if err != nil {
			continue // told where it is used
		}
		where := "the template"
		if from != "" {
			where = fmt.Sprintf("file %q", from)
		}
		resources := mapAt(all[from], "resources")
		var wrong []string
		for _, section := range []string{"resources", "outputs", "conditions"} {
			walk(at(all[from], section), func(key string, v any) {
				name := firstName(v)
				if name == "" || strings.ContainsAny(name, "<%$") || strings.HasPrefix(name, "OS::") {
					return // a variable of repeat, or Heat's own
				}
				_, isParameter := takes[name]
				_, isResource := resources[name]
				switch {
				case key == "get_param" && !isParameter:
					wrong = append(wrong, fmt.Sprintf("%s reads parameter %q, which it does not declare", where, name))
				case (key == "get_resource" || key == "get_attr") && !isResource:
					wrong = append(wrong, fmt.Sprintf("%s has a %s of resource %q, which it does not have", where, key, name))
				}
			})
		}
		slices.Sort(wrong)
		for _, text := range slices.Compact(wrong) {
			r.wrong("%s", text)
		}
	}
}

// firstName is the name that get_param, get_resource or get_attr is given; "" if
// it is none that can be known here.
func firstName(v any) string {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	name, _ := v.(string)
	return name
}

// checkMeaning holds what the author says about parameters and outputs to the
// template and to Describe: a misspelt name would be taken for nothing said.
func (r *rendered) checkMeaning() {
	for _, name := range keys(r.stack.Meaning) {
		m := r.meaning(name)
		if _, ok := r.declared[name]; !ok {
			r.wrong("Meaning has %q, which the template does not declare as a parameter", name)
			continue
		}
		_, isLabel := r.label(m.Path)
		switch known := isLabel || r.isAttribute(m.Path); {
		case known:
		case strings.HasPrefix(m.Path, "labels."):
			r.wrong("Meaning of parameter %q has the path %q, and Describe has no such label", name, m.Path)
		case m.Of == nil && m.Effect == driver.EffectUnspecified:
			r.wrong("Meaning of parameter %q has the path %q, which is not in Describe, and no effect: say what a change disturbs", name, m.Path)
		}
	}
	outputs := mapAt(r.template, "outputs")
	for _, o := range []struct{ field, name string }{{"APIAddress", r.stack.APIAddress}, {"NodeAddresses", r.stack.NodeAddresses}} {
		if _, ok := outputs[o.name]; o.name != "" && !ok {
			r.wrong("%s names the output %q, which the template does not have", o.field, o.name)
		}
	}
}

func (r *rendered) isAttribute(path string) bool {
	return slices.ContainsFunc(r.about.Attributes, func(a driver.Attribute) bool { return a.Name == path })
}
