package spec

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// entry is one key of a mapping with its value, merge keys followed.
type entry struct{ key, value *yaml.Node }

// readMapping reads the entries of n into v: the fields of an object, or the free
// keys of a dict.
func (r *reader) readMapping(v *value, n *yaml.Node, f *field) {
	for _, e := range r.entries(n) {
		name := e.key.Value
		r.enter(name)
		if row := r.rowFor(e.key, f); row != nil {
			if c := r.read(e.value, row); c != nil {
				c.key = name
				v.items = append(v.items, c)
			}
		}
		r.leave()
	}
	for _, row := range f.fields {
		if row.required && !hasKey(n, row.name) && v.child(row.name) == nil {
			r.enter(row.name)
			r.complain(CodeMissing, v.line, v.column, "is required", "")
			r.leave()
		}
	}
}

// rowFor gives the table's row for a key, or complains that there is none.
func (r *reader) rowFor(key *yaml.Node, f *field) *field {
	line, column := r.place(key)
	if f.shape == shapeDict {
		switch {
		case len(key.Value) > 255+64:
			r.complain(CodeInvalid, line, column, "the name is too long", "")
		case !f.keys.match(key.Value):
			r.complain(CodeInvalid, line, column, short(key.Value)+" must be "+f.keys.what, "")
		default:
			return f.item
		}
		return nil
	}
	if row := f.find(key.Value); row != nil {
		return row
	}
	code, summary, remedy := unknownField(key.Value, f)
	r.complain(code, line, column, summary, remedy)
	return nil
}

// unknownField says what is wrong with a key that f has no row for.
func unknownField(name string, f *field) (code Code, summary, remedy string) {
	spec, isCluster := f, false
	if f == kindTable(KindCluster).find("spec") {
		spec, isCluster = kindTable(KindTemplate).find("spec"), true
	}
	if isCluster && spec.find(name) != nil {
		return CodeTemplateField, fmt.Sprintf("%s belongs to the cluster template", name), "set it in the ClusterTemplate; a cluster that needs another value needs another template"
	}
	if near, ok := f.nearest(name); ok {
		remedy = fmt.Sprintf("did you mean %s?", near)
	} else if f == kindTable(KindTemplate).find("spec") && kindTable(KindCluster).find("spec").find(name) != nil {
		remedy = "it is a field of Cluster"
	}
	return CodeUnknownField, "unknown field " + short(name), remedy
}

// entries lists a mapping's keys and values in order: its own, then those of its
// merge keys ("<<") that it does not have itself. It complains about a key that
// stands twice and about keys that are not text.
func (r *reader) entries(n *yaml.Node) []entry {
	var all []entry
	var merges []*yaml.Node
	seen := make(map[string]int32, len(n.Content)/2)
	r.nodes += len(n.Content) / 2
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		line, column := r.place(key)
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			key = &yaml.Node{Kind: key.Alias.Kind, Tag: key.Alias.Tag, Value: key.Alias.Value, Line: key.Line, Column: key.Column}
		}
		if isMerge(key) {
			merges = append(merges, val)
			continue
		}
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			r.complain(CodeWrongType, line, column, "a key must be text, found "+found(key), "")
			continue
		}
		if first, twice := seen[key.Value]; twice {
			r.enter(key.Value)
			r.complain(CodeDuplicateKey, line, column, fmt.Sprintf("%s stands twice in this mapping, first in line %d", short(key.Value), first), "keep one of them")
			r.leave()
			continue
		}
		seen[key.Value] = line
		all = append(all, entry{key, val})
	}
	for _, m := range merges {
		all = r.merge(all, seen, m, 0)
	}
	return all
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && (key.Tag == "!!merge" || key.ShortTag() == "!!merge")
}

// merge adds the entries of a merge key's value, a mapping or a list of mappings;
// what is there already wins.
func (r *reader) merge(all []entry, seen map[string]int32, m *yaml.Node, depth int) []entry {
	line, column := r.place(m)
	m, ok := r.follow(m, line, column)
	switch {
	case !ok:
		return all
	case depth > maxDepth:
		r.complain(CodeSyntax, line, column, "merge keys nest too deep", "")
	case m.Kind == yaml.SequenceNode && depth == 0:
		for _, c := range m.Content {
			all = r.merge(all, seen, c, depth+1)
		}
	case m.Kind == yaml.MappingNode:
		r.nodes += len(m.Content) / 2 // copied here, so they count here
		for i := 0; i+1 < len(m.Content); i += 2 {
			key, val := m.Content[i], m.Content[i+1]
			if isMerge(key) {
				all = r.merge(all, seen, val, depth+1)
				continue
			}
			if _, there := seen[key.Value]; there || key.Kind != yaml.ScalarNode {
				continue
			}
			seen[key.Value] = line
			all = append(all, entry{key, val})
		}
	default:
		r.complain(CodeWrongType, line, column, "a merge key needs a mapping, found "+found(m), "")
	}
	return all
}

// hasKey tells whether a mapping has the key itself, whatever its value is.
func hasKey(n *yaml.Node, name string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return true
		}
	}
	return false
}
