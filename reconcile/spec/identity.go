package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document reads a whole document by the table of its kind; nil when the kind is
// none of ours.
func (r *reader) document(n *yaml.Node) *value {
	line, column := r.place(n)
	if n.Kind != yaml.MappingNode {
		r.complain(CodeWrongType, line, column, "a document must be a mapping, found "+found(n), "")
		return nil
	}
	version, kind := top(n, "apiVersion"), top(n, "kind")
	if version != nil && version.Kind == yaml.ScalarNode && version.Value != APIVersion {
		vl, vc := r.place(version)
		r.enter("apiVersion")
		defer r.leave()
		summary, remedy := fmt.Sprintf("apiVersion %s is not %s", short(version.Value), APIVersion), ""
		if strings.HasPrefix(version.Value, "heatsync/") {
			remedy = "write " + APIVersion
		} else {
			remedy = "keep other documents outside the fleet's path, or name the file in .heatsyncignore"
		}
		r.complain(CodeForeign, vl, vc, summary, remedy)
		return nil
	}
	if kind == nil {
		r.enter("kind")
		defer r.leave()
		r.complain(CodeMissing, line, column, "is required", "one of ClusterTemplate, Cluster, Fleet")
		return nil
	}
	table := kindTable(Kind(kind.Value))
	if table == nil {
		kl, kc := r.place(kind)
		r.enter("kind")
		defer r.leave()
		names := []string{string(KindTemplate), string(KindCluster), string(KindFleet)}
		_, remedy := enumComplaint(kind.Value, names)
		r.complain(CodeForeign, kl, kc, fmt.Sprintf("kind %s is none of %s", kindText(kind), strings.Join(names, ", ")), remedy)
		return nil
	}
	v := r.read(n, table)
	r.rules(Kind(kind.Value), v)
	return v
}

// kindText quotes what stands for a kind.
func kindText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return short(n.Value)
	}
	return "as " + found(n)
}

// top gives the value of a key of a mapping node, or nil.
func top(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// add puts what was read of one document into the file.
func (f *File) add(r *reader, root *value, c chunk) {
	if r.cut {
		last := r.diags[len(r.diags)-1]
		r.diags = append(r.diags, Diagnostic{
			Severity: Error, Code: CodeSyntax, Path: f.Path, Line: last.Line, Column: last.Column,
			Summary: fmt.Sprintf("more than %d errors in this document: the rest is not shown", maxDiagnostics),
		})
	}
	f.Diagnostics = append(f.Diagnostics, r.diags...)
	broken := len(r.diags) > 0
	known := len(f.Documents)
	if name := root.child("metadata").child("name"); name != nil {
		d := &Document{
			Kind: Kind(root.child("kind").scalar), Name: name.scalar, Path: f.Path,
			Line: int(name.line), Column: int(name.column), Broken: broken, Diagnostics: r.diags, root: root,
		}
		if d.Kind == KindTemplate {
			d.labels = root.child("spec").dict("labels")
		}
		f.Documents = append(f.Documents, d)
	}
	if broken {
		f.guess(c, r.diags, known)
	}
}

// guess adds a broken Document for every identity that text which could not be
// read seems to speak of, but for those that f has from this text already.
func (f *File) guess(c chunk, diags []Diagnostic, known int) {
	for _, g := range identities(c.text) {
		same := func(d *Document) bool { return d.Kind == g.kind && d.Name == g.name }
		if slices.ContainsFunc(f.Documents[known:], same) {
			continue
		}
		f.Documents = append(f.Documents, &Document{
			Kind: g.kind, Name: g.name, Path: f.Path, Line: c.lines + g.line, Column: g.column, Broken: true, Diagnostics: diags,
		})
	}
}

// finish fills in what follows from the documents.
func (f *File) finish() {
	f.Broken = len(f.Diagnostics) > 0
	for _, d := range f.Documents {
		if d.Broken && d.Kind == KindCluster {
			f.Mentioned = append(f.Mentioned, d.Name)
		}
	}
	slices.Sort(f.Mentioned)
	f.Mentioned = slices.Compact(f.Mentioned)
	f.Diagnostics = order(f.Diagnostics)
}

// identity is a document's kind and name as they were recognised in its text.
type identity struct {
	kind         Kind
	name         string
	line, column int // in the text, from 1
}

var (
	kindEntry     = regexp.MustCompile(`(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?([A-Za-z]+)`)
	metadataEntry = regexp.MustCompile(`(?:^|[{,])\s*["']?metadata["']?\s*:`)
	nameEntry     = regexp.MustCompile(`(?:^|[\s{,])["']?name["']?\s*:\s*["']?([^\s"'{},#]+)`)
)

// identities finds, in text that is not the document it should be, each name that
// follows "metadata:". The first name goes with the first kind, and so on: two
// documents with no marker between them are told apart. No kind means a cluster:
// freezing one too many is harmless.
func identities(text []byte) []identity {
	var found []identity
	var written []string
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		if m := kindEntry.FindStringSubmatch(line); m != nil {
			written = append(written, m[1])
		}
		rest, at := line, 0
		if m := metadataEntry.FindStringIndex(line); m != nil {
			inside, at = true, m[1]
			rest = line[at:]
		}
		if !inside {
			continue
		}
		if m := nameEntry.FindStringSubmatchIndex(rest); m != nil {
			found = append(found, identity{name: rest[m[2]:m[3]], line: i + 1, column: utf8.RuneCountInString(line[:at+m[2]]) + 1})
			inside = false
		}
	}
	kept := found[:0]
	for i, g := range found {
		g.kind = KindCluster
		if len(written) > 0 {
			g.kind = nearestKind(written[min(i, len(written)-1)])
		}
		if g.kind != "" && namePattern.match(g.name) && len(g.name) <= 63 {
			kept = append(kept, g)
		}
	}
	return kept
}

// nearestKind gives the kind that was meant, "" when it is none of ours.
func nearestKind(word string) Kind {
	near, _ := nearest(word, []string{string(KindTemplate), string(KindCluster), string(KindFleet)})
	return Kind(near)
}
