package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rules checks what one document must obey beyond its fields' own limits. What a
// field lacks was complained about before.
func (r *reader) rules(k Kind, v *value) {
	spec := v.child("spec")
	if spec == nil {
		return
	}
	switch k {
	case KindTemplate:
		r.at = []string{"spec"}
		r.engineRules(spec)
	case KindCluster:
		r.at = []string{"spec"}
		absent := spec.text("lifecycle", string(Present)) == string(Absent) || r.complained("spec.lifecycle") // that may be meant
		if !absent && spec.child("template") == nil && !r.complained("spec.template") {
			r.enter("template")
			r.complain(CodeMissing, spec.line, spec.column, "is required", "name the ClusterTemplate it is made from")
			r.leave()
		}
		r.groupRules(spec.child("nodeGroups"))
	}
	r.at = nil
}

// complained tells whether the field was complained about already.
func (r *reader) complained(field string) bool {
	return slices.ContainsFunc(r.diags, func(d Diagnostic) bool { return d.Field == field })
}

// engineRules holds a template to what its container engine can use.
func (r *reader) engineRules(spec *value) {
	e, ok := engineOf(spec.text("coe", ""))
	if !ok {
		return
	}
	for _, rule := range []struct {
		field   string
		allowed []string
	}{{"networkDriver", e.networks}, {"volumeDriver", e.volumes}} {
		c := spec.child(rule.field)
		if c == nil || slices.Contains(rule.allowed, c.scalar) {
			continue
		}
		r.enter(rule.field)
		r.complain(CodeConflict, c.line, c.column, fmt.Sprintf("%s does not go with coe %s", short(c.scalar), e.coe), "it has "+strings.Join(rule.allowed, ", "))
		r.leave()
	}
}

// groupRules checks the extra node groups of a cluster.
func (r *reader) groupRules(groups *value) {
	seen := map[string]int32{}
	for i, g := range groups.all() {
		r.at = []string{"spec", "nodeGroups", "[" + strconv.Itoa(i) + "]"}
		if name := g.child("name"); name != nil {
			if line, twice := seen[name.scalar]; twice {
				r.enter("name")
				r.complain(CodeDuplicateName, name.line, name.column, fmt.Sprintf("node group %q is written twice, first in line %d", name.scalar, line), "give it another name")
				r.leave()
			}
			seen[name.scalar] = name.line
		}
		r.countRules(g)
		r.nodeLabelRules(g.child("nodeLabels"))
	}
}

// countRules holds a group's count between its bounds, as Magnum does.
func (r *reader) countRules(g *value) {
	count, least, most := g.number("nodeCount", 1), g.number("minNodeCount", 0), g.number("maxNodeCount", 0)
	complain := func(field, summary string) {
		at := g
		if c := g.child(field); c != nil {
			at = c
		}
		r.enter(field)
		r.complain(CodeConflict, at.line, at.column, summary, "")
		r.leave()
	}
	switch {
	case most != 0 && least > most:
		complain("minNodeCount", fmt.Sprintf("%d is more than maxNodeCount %d", least, most))
	case count < least:
		complain("nodeCount", fmt.Sprintf("%d is less than minNodeCount %d", count, least))
	case most != 0 && count > most:
		complain("nodeCount", fmt.Sprintf("%d is more than maxNodeCount %d", count, most))
	}
}

// nodeLabelRules refuses the prefixes that kubelet does not let a node set for
// itself (Kubernetes, --node-labels) and those that every node gets from its driver.
func (r *reader) nodeLabelRules(labels *value) {
	for _, c := range labels.all() {
		prefix, _, found := strings.Cut(c.key, "/")
		if !found {
			continue
		}
		owner := ""
		switch {
		case under(prefix, "node.kubernetes.io"), under(prefix, "kubelet.kubernetes.io"):
		case under(prefix, "kubernetes.io"), under(prefix, "k8s.io"):
			owner = "Kubernetes"
		case prefix == "magnum.openstack.org":
			owner = "the driver"
		}
		if owner == "" {
			continue
		}
		r.at = append(r.at, "nodeLabels", c.key)
		r.complain(CodeConflict, c.line, c.column, fmt.Sprintf("labels of %s belong to %s", prefix, owner), "use a prefix of your own")
		r.at = r.at[:len(r.at)-2]
	}
}

// under tells whether a DNS name is domain or below it.
func under(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}
