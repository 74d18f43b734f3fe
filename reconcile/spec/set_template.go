package spec

import (
	"fmt"
	"slices"
)

// template is what the set holds of one template name. It stays while clusters
// use the name, even when no document has it.
type template struct {
	documents []*Document
	users     map[string]int // cluster name -> its documents that name this template
	usable    *Document      // nil: why is what dependants are told
	why       Diagnostic     // code, summary and remedy only
	own       []Diagnostic
}

// template gives the entry of a name, made if need be.
func (s *Set) template(name string) *template {
	tm := s.templates[name]
	if tm == nil {
		tm = &template{users: map[string]int{}}
		s.templates[name] = tm
	}
	return tm
}

// uses names the template a cluster's document asks for, "" for none.
func (d *Document) uses() string { return d.root.child("spec").text("template", "") }

// engage notes that a cluster's document uses its template.
func (s *Set) engage(d *Document, t touched) {
	if name := d.uses(); name != "" {
		tm := s.template(name)
		tm.users[d.Name]++
		if len(tm.documents) == 0 {
			t.templates[name] = true
		}
	}
}

// release takes back what engage noted.
func (s *Set) release(d *Document, t touched) {
	name := d.uses()
	if name == "" {
		return
	}
	tm := s.template(name)
	if tm.users[d.Name]--; tm.users[d.Name] <= 0 {
		delete(tm.users, d.Name)
	}
	if len(tm.users) == 0 && len(tm.documents) == 0 {
		t.templates[name] = true
	}
}

// judgeTemplates decides which touched templates can be used and touches the
// clusters that use them. When a name came or went, the missing ones get a look
// too: the nearest known name may be another now.
func (s *Set) judgeTemplates(t touched) {
	var known []string
	if s.namesChanged(t) {
		for name, tm := range s.templates {
			if len(tm.documents) > 0 {
				known = append(known, name)
			} else {
				t.templates[name] = true
			}
		}
		slices.Sort(known)
	}
	for name := range t.templates {
		tm := s.templates[name]
		if len(tm.documents) == 0 && len(tm.users) == 0 {
			delete(s.templates, name)
			continue
		}
		tm.judge(name, known)
		for user := range tm.users {
			t.clusters[user] = true
		}
	}
}

// namesChanged tells whether a template came into being, went, or is missed anew.
func (s *Set) namesChanged(t touched) bool {
	for name := range t.templates {
		tm := s.templates[name]
		was := tm.usable != nil || tm.why.Code == CodeBrokenTemplate
		if is := len(tm.documents) > 0; was != is || !is {
			return true
		}
	}
	return false
}

// judge decides whether the template can be used. The names of all templates
// there are serve to guess what a missing one was meant to be.
func (tm *template) judge(name string, known []string) {
	tm.usable, tm.why, tm.own = nil, Diagnostic{}, nil
	switch {
	case len(tm.documents) == 0:
		tm.why = Diagnostic{Code: CodeUnknownTemplate, Summary: fmt.Sprintf("there is no ClusterTemplate %q", name)}
		if near, ok := nearest(name, known); ok {
			tm.why.Remedy = fmt.Sprintf("did you mean %s?", near)
		}
	case len(tm.documents) > 1:
		tm.own = duplicates(tm.documents)
		first := tm.documents[0]
		tm.why = Diagnostic{Code: CodeBrokenTemplate, Summary: fmt.Sprintf("ClusterTemplate %q is written %d times, first in %s:%d", name, len(tm.documents), first.Path, first.Line)}
	case tm.documents[0].Broken:
		d := tm.documents[0]
		tm.why = Diagnostic{Code: CodeBrokenTemplate, Summary: fmt.Sprintf("ClusterTemplate %q has errors, the first: %s", name, withoutRemedy(d.Diagnostics[0])), Remedy: d.Diagnostics[0].Remedy}
	default:
		tm.usable = tm.documents[0]
	}
}

// duplicates complains, at each of several documents of one identity, about the
// others.
func duplicates(docs []*Document) []Diagnostic {
	var ds []Diagnostic
	for i, d := range docs {
		other := docs[0]
		if i == 0 {
			other = docs[1]
		}
		more := ""
		if len(docs) > 2 {
			more = fmt.Sprintf(" and %d more", len(docs)-2)
		}
		ds = append(ds, Diagnostic{
			Severity: Error, Code: CodeDuplicateName, Path: d.Path, Line: d.Line, Column: d.Column, Field: "metadata.name",
			Summary: fmt.Sprintf("%s %q is written %d times: also in %s:%d%s", d.Kind, d.Name, len(docs), other.Path, other.Line, more),
			Remedy:  "keep one of them",
		})
	}
	return ds
}
