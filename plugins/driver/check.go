package driver

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Check holds a cluster against a driver's schema: attributes and labels that the
// driver does not know or that lack a value it needs are errors, deprecated labels
// are warnings. Serve does this before it asks the driver's own [Validator]. The
// order of the findings is that of the document, labels by name. Pure.
//
// Attributes that belong to the agent or that pick the driver are not the
// schema's: fleet, name, coe, distro, serverType, labels, timeout and adopt. A
// cluster whose stack somebody else made (AdoptedStack) keeps its template, so
// nothing is required of it.
func Check(d Description, c Cluster) []Diagnostic {
	s := schema{
		attributes: make(map[string]Attribute, len(d.Attributes)),
		labels:     make(map[string]Label, len(d.Labels)),
		driver:     d.Name,
	}
	for _, a := range d.Attributes {
		s.attributes[a.Name] = a
	}
	for _, l := range d.Labels {
		s.labels[l.Name] = l
	}
	found := s.checkAttributes(c)
	found = append(found, s.checkLabels("labels", c.Labels, nil)...)
	for i, g := range c.NodeGroups {
		found = append(found, s.checkNodeGroup(fmt.Sprintf("nodeGroups[%d]", i), g, c)...)
	}
	return found
}

type schema struct {
	driver     string
	attributes map[string]Attribute
	labels     map[string]Label
}

func (s schema) checkAttributes(c Cluster) []Diagnostic {
	var found []Diagnostic
	for _, a := range clusterAttributes(c) {
		known, ok := s.attributes[a.name]
		switch {
		case a.set && !ok:
			found = append(found, s.unknownAttribute(a.name, a.name))
		case !a.set && known.Required && c.AdoptedStack == "":
			found = append(found, Diagnostic{
				Severity: SeverityError, Code: "attribute-missing", Path: a.name,
				Summary: fmt.Sprintf("%s is not set; driver %q needs it", a.name, s.driver),
				Remedy:  remedy("set it in the cluster or its template", known.Doc),
			})
		}
	}
	return found
}

// checkNodeGroup looks at what a group says beyond the cluster. The default groups
// always exist and repeat the cluster's own attributes.
func (s schema) checkNodeGroup(path string, g NodeGroup, c Cluster) []Diagnostic {
	var found []Diagnostic
	if _, ok := s.attributes["nodeGroups"]; !ok && !g.IsDefault {
		found = append(found, s.unknownAttribute("nodeGroups", path))
	}
	for _, a := range []attribute{
		{"nodesToRemove", len(g.NodesToRemove) > 0},
		{"nodeLabels", len(g.NodeLabels) > 0},
		{"nodeTaints", len(g.NodeTaints) > 0},
	} {
		if _, ok := s.attributes[a.name]; a.set && !ok {
			found = append(found, s.unknownAttribute(a.name, path+"."+a.name))
		}
	}
	return append(found, s.checkLabels(path+".labels", g.Labels, c.Labels)...)
}

func (s schema) unknownAttribute(name, path string) Diagnostic {
	return Diagnostic{
		Severity: SeverityError, Code: "attribute-unknown", Path: path,
		Summary: fmt.Sprintf("%s has no effect in driver %q", name, s.driver),
		Remedy:  "remove it, or choose a driver that knows it",
	}
}

// checkLabels leaves out what was found before: labels that a group inherits.
func (s schema) checkLabels(path string, labels, inherited map[string]string) []Diagnostic {
	var found []Diagnostic
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		value := labels[name]
		if same, ok := inherited[name]; ok && same == value {
			continue
		}
		found = append(found, s.checkLabel(path+"."+name, name, value)...)
	}
	return found
}

func (s schema) checkLabel(path, name, value string) []Diagnostic {
	label, ok := s.labels[name]
	if !ok {
		return []Diagnostic{{
			Severity: SeverityError, Code: "label-unknown", Path: path,
			Summary: fmt.Sprintf("driver %q knows no label %q", s.driver, name),
			Remedy:  s.didYouMean(name),
		}}
	}
	var found []Diagnostic
	if label.Deprecated != "" {
		found = append(found, Diagnostic{
			Severity: SeverityWarning, Code: "label-deprecated", Path: path,
			Summary: fmt.Sprintf("label %q is deprecated", name), Remedy: label.Deprecated,
		})
	}
	if complaint := label.complaint(value); complaint != "" {
		found = append(found, Diagnostic{
			Severity: SeverityError, Code: "label-invalid", Path: path,
			Summary: fmt.Sprintf("label %q: %s", name, complaint), Remedy: label.Doc,
		})
	}
	return found
}

func (s schema) didYouMean(name string) string {
	if near := nearest(name, slices.Sorted(maps.Keys(s.labels))); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "remove it; the driver's page lists the labels"
}

// complaint says what is wrong with a value; "" is nothing. A sensitive value is
// not repeated.
func (l Label) complaint(value string) string {
	shown := fmt.Sprintf("%q", value)
	if l.Sensitive {
		shown = "the value"
	}
	if kind := labelKinds[l.Type]; kind.accepts != nil && !kind.accepts(value) {
		return fmt.Sprintf("%s is not %s", shown, kind.noun)
	}
	if len(l.Allowed) > 0 && !slices.Contains(l.Allowed, value) {
		return fmt.Sprintf("%s is none of %s", shown, strings.Join(l.Allowed, ", "))
	}
	if l.Pattern == "" {
		return ""
	}
	pattern, err := regexp.Compile(`\A(?:` + l.Pattern + `)\z`)
	if err != nil {
		return fmt.Sprintf("the driver's pattern %q is no regular expression", l.Pattern)
	}
	if !pattern.MatchString(value) {
		return fmt.Sprintf("%s does not match %s", shown, l.Pattern)
	}
	return ""
}

func remedy(what, doc string) string {
	if doc == "" {
		return what
	}
	return what + ": " + doc
}
