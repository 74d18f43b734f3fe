package spec

import "slices"

// judgeCluster resolves a cluster anew, drops it when nothing speaks of it any
// more, and tells whether anything but its place changed.
func (s *Set) judgeCluster(name string) bool {
	c := s.clusters[name]
	if c == nil {
		return false
	}
	before := c.resolved
	if len(c.documents) == 0 {
		delete(s.clusters, name)
		return before.State != ""
	}
	c.resolved, c.own = s.resolveCluster(name, c.documents)
	return !c.resolved.same(before)
}

// same tells whether two looks at one cluster differ in nothing but its place.
func (r Resolved) same(o Resolved) bool {
	return r.State == o.State && r.Hash == o.Hash && r.Template == o.Template && lifecycleOf(r) == lifecycleOf(o) &&
		slices.Equal(r.Diagnostics, o.Diagnostics)
}

func lifecycleOf(r Resolved) Lifecycle {
	if r.Cluster == nil {
		return ""
	}
	return r.Cluster.Lifecycle
}

// resolveCluster gives what the documents of one name come to, and those of its
// diagnostics that are no document's own.
func (s *Set) resolveCluster(name string, docs []*Document) (Resolved, []Diagnostic) {
	d := docs[0]
	r := Resolved{Name: name, State: OK, Template: d.uses(), Path: d.Path, Line: d.Line, Column: d.Column, document: d}
	if len(docs) > 1 {
		own := duplicates(docs)
		all := slices.Clone(own)
		for _, d := range docs {
			all = append(all, d.Diagnostics...)
		}
		return r.frozen(all), own
	}
	if d.Broken {
		return r.frozen(slices.Clone(d.Diagnostics)), nil
	}
	tm := s.templates[r.Template]
	absent := d.root.child("spec").text("lifecycle", "") == string(Absent)
	switch {
	case tm != nil && tm.usable != nil:
		r.template = tm.usable
	case !absent:
		why := tm.why
		why.Severity, why.Field = Error, "spec.template"
		why.Path, why.Line, why.Column = r.Locate("template")
		return r.frozen([]Diagnostic{why}), []Diagnostic{why}
	}
	r.Cluster = resolve(d, r.template)
	if own := r.mergedRules(); len(own) > 0 {
		return r.frozen(own), own
	}
	r.Hash = r.Cluster.Hash()
	return r, nil
}

// frozen gives the cluster as one that nothing may be done to, because of ds.
func (r Resolved) frozen(ds []Diagnostic) Resolved {
	r.State, r.Cluster, r.Hash, r.Diagnostics = Unreadable, nil, "", order(ds)
	return r
}
