package spec

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Set is an index over the files of one source: clusters merged with their
// templates, and what is wrong. What it answers depends on the files it holds
// and on nothing else, not on the order in which they came. It is not safe for
// concurrent use.
type Set struct {
	fleet     string
	files     map[string]*File
	broken    map[string]*File // those with an error of their own
	clusters  map[string]*cluster
	templates map[string]*template
	fleets    []*Document
}

// cluster is what the set holds of one cluster name.
type cluster struct {
	documents []*Document // by path and line; more than one is an error
	resolved  Resolved
	own       []Diagnostic // those of resolved that no document has itself
}

// Delta names what an [Set.Apply] changed.
type Delta struct {
	Clusters []string // whose resolved value, state or diagnostics changed, came or went. Sorted
	Fleet    bool     // what [Set.Fleet] answers changed
}

// NewSet gives an empty set for the fleet of that name. With an empty name a
// Fleet document of any name will do.
func NewSet(fleet string) *Set {
	return &Set{fleet: fleet, files: map[string]*File{}, broken: map[string]*File{}, clusters: map[string]*cluster{}, templates: map[string]*template{}}
}

// touched collects the names that have to be looked at again.
type touched struct{ clusters, templates map[string]bool }

// Apply drops the removed files, puts the changed ones in the place of what was
// under their paths, and tells what that changed. It costs in proportion to the
// documents of those files and the users of the templates among them. The files
// are kept, not copied.
func (s *Set) Apply(changed []*File, removed []string) Delta {
	t := touched{clusters: map[string]bool{}, templates: map[string]bool{}}
	fleet, fleetDiags := s.Fleet()
	for _, path := range removed {
		s.drop(path, t)
	}
	for _, f := range changed {
		if s.files[f.Path] == f {
			continue
		}
		s.drop(f.Path, t)
		s.files[f.Path] = f
		if f.Broken {
			s.broken[f.Path] = f
		}
		for _, d := range f.Documents {
			s.put(d, t)
		}
	}
	s.judgeTemplates(t)
	var delta Delta
	for name := range t.clusters {
		if s.judgeCluster(name) {
			delta.Clusters = append(delta.Clusters, name)
		}
	}
	slices.Sort(delta.Clusters)
	now, nowDiags := s.Fleet()
	delta.Fleet = fleet != now || !slices.Equal(fleetDiags, nowDiags)
	return delta
}

func (s *Set) drop(path string, t touched) {
	f := s.files[path]
	if f == nil {
		return
	}
	delete(s.files, path)
	delete(s.broken, path)
	for _, d := range f.Documents {
		switch d.Kind {
		case KindCluster:
			c := s.clusters[d.Name]
			c.documents = without(c.documents, d)
			t.clusters[d.Name] = true
			s.release(d, t)
		case KindTemplate:
			tm := s.template(d.Name)
			tm.documents = without(tm.documents, d)
			t.templates[d.Name] = true
		case KindFleet:
			s.fleets = without(s.fleets, d)
		}
	}
}

func (s *Set) put(d *Document, t touched) {
	switch d.Kind {
	case KindCluster:
		c := s.clusters[d.Name]
		if c == nil {
			c = &cluster{}
			s.clusters[d.Name] = c
		}
		c.documents = with(c.documents, d)
		t.clusters[d.Name] = true
		s.engage(d, t)
	case KindTemplate:
		tm := s.template(d.Name)
		tm.documents = with(tm.documents, d)
		t.templates[d.Name] = true
	case KindFleet:
		s.fleets = with(s.fleets, d)
	}
}

func with(docs []*Document, d *Document) []*Document {
	at, _ := slices.BinarySearchFunc(docs, d, func(a, b *Document) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Insert(docs, at, d)
}

func without(docs []*Document, d *Document) []*Document {
	return slices.DeleteFunc(docs, func(x *Document) bool { return x == d })
}

// Cluster gives what is known of a cluster; false when no document, broken ones
// included, speaks of it.
func (s *Set) Cluster(name string) (Resolved, bool) {
	c := s.clusters[name]
	if c == nil {
		return Resolved{}, false
	}
	return c.resolved, true
}

// Names lists all clusters that documents speak of, sorted.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.clusters)) }

// Diagnostics lists everything that is wrong, by place. It walks the whole set.
func (s *Set) Diagnostics() []Diagnostic {
	_, all := s.Fleet()
	all = slices.Clone(all)
	for _, f := range s.files {
		all = append(all, f.Diagnostics...)
	}
	for _, c := range s.clusters {
		all = append(all, c.own...)
	}
	for _, tm := range s.templates {
		all = append(all, tm.own...)
	}
	return order(all)
}
