package spec

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse holds Parse to its promises on any bytes: it returns, each complaint
// has a place inside the file, what is broken has a complaint, and a set can take it.
func FuzzParse(f *testing.F) {
	for _, c := range complaints() {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := Parse("a.yaml", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, d := range file.Diagnostics {
			if d.Line < 1 || d.Line > lines || d.Column < 1 || d.Path != "a.yaml" || d.Summary == "" || d.Code == "" {
				t.Errorf("no place: %+v in %d lines", d, lines)
			}
			if strings.ContainsAny(d.String(), "\n\r") {
				t.Errorf("more than a line: %q", d.String())
			}
		}
		if file.Broken != (len(file.Diagnostics) > 0) {
			t.Errorf("Broken is %v with %v", file.Broken, texts(file.Diagnostics))
		}
		s := NewSet("")
		s.Apply([]*File{file}, nil)
		for _, d := range file.Documents {
			if d.Broken && len(d.Diagnostics) == 0 || d.Line < 1 || d.Line > lines {
				t.Errorf("a document without cause or place: %+v", d)
			}
			if r, ok := s.Cluster(d.Name); d.Kind == KindCluster && (!ok || (d.Broken && r.State != Unreadable)) {
				t.Errorf("a broken document is acted on: %+v", r)
			}
		}
		again := Parse("a.yaml", slices.Clone(data))
		if !slices.Equal(file.Diagnostics, again.Diagnostics) {
			t.Errorf("two readings differ: %v, %v", texts(file.Diagnostics), texts(again.Diagnostics))
		}
	})
}

// neighbours is a file that nothing in another one may change, unless that names
// what is in it.
const neighbours = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: f-xq}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: t-xq}
spec: {coe: docker, distro: ubuntu, image: i, keypair: k, flavor: f, externalNetwork: n, labels: {a: b}}
---
apiVersion: heatsync/v1
kind: Cluster
metadata: {name: c-xq}
spec: {template: t-xq, nodeCount: 3, nodeGroups: [{name: g, nodeCount: 2, labels: {c: d}}]}
---
apiVersion: heatsync/v1
kind: Cluster
metadata: {name: d-xq}
spec: {lifecycle: Absent}
`

// FuzzSet puts any bytes beside a sound file. What they do not name stays as it
// was, none of their clusters is to go unless its document says so, and the same
// clusters come of the same text with other line ends, a mark and a comment.
func FuzzSet(f *testing.F) {
	for _, c := range complaints() {
		f.Add([]byte(c.text))
	}
	f.Add([]byte(neighbours))
	f.Add([]byte(strings.ReplaceAll(neighbours, "xq", "y")))
	f.Add([]byte("kind: Cluster\napiVersion: heatsync/v1\nmetadata: {name: e}\nspec: {template: t-xq, nodeCount: 2, labels: {t: |\n  x\n}}\n"))
	f.Add([]byte("kind: Cluster\napiVersion: heatsync/v1\nmetadata: {name: e}\nspec: {lifecycle: \"\\x41bsent\"}\n"))
	f.Add([]byte("kind: Cluster\napiVersion: heatsync/v1\nmetadata: {name: e}\nspec: {template: t-xq, labels: {x: Absent, lifecycle: Absent}}\n"))
	f.Add([]byte("kind: Cluster\napiVersion: heatsync/v1\nmetadata: {name: e}\nspec: {template: t-xq}\n--- \nlifecycle: Absent\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		beside := Parse("b.yaml", []byte(neighbours))
		alone, both := NewSet("f-xq"), NewSet("f-xq")
		alone.Apply([]*File{beside}, nil)
		file := Parse("a.yaml", data)
		both.Apply([]*File{file, beside}, nil)

		for _, name := range []string{"c-xq", "d-xq"} {
			want, _ := alone.Cluster(name)
			got, _ := both.Cluster(name)
			if !got.same(want) && !bytes.Contains(data, []byte(`-xq`)) && !bytes.Contains(data, []byte(`\`)) {
				t.Errorf("%s is another: %+v", name, got)
			}
			if got.State == OK && lifecycleOf(got) != lifecycleOf(want) {
				t.Errorf("%s is %s now", name, lifecycleOf(got))
			}
		}
		for _, d := range file.Documents {
			r, _ := both.Cluster(d.Name)
			if d.Kind == KindCluster && r.Path == "a.yaml" && r.State == OK && r.Cluster.Lifecycle == Absent && !saysAbsent(data, d.Line) {
				t.Errorf("%s is to go, and its document does not say so", d.Name)
			}
		}
		sameClusters(t, both, data)
	})
}

// saysAbsent tells whether the document around a line has the word, or an escape
// that may stand for it.
func saysAbsent(data []byte, line int) bool {
	var text []byte
	for _, c := range split(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		if c.lines < line {
			text = c.text
		}
	}
	return bytes.Contains(text, []byte(Absent)) || bytes.Contains(text, []byte(`\`))
}

// sameClusters reads data in another dress into a set like s.
func sameClusters(t *testing.T, s *Set, data []byte) {
	t.Helper()
	if bytes.Contains(data, []byte("\r")) || len(data) > MaxFile/2 || bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return
	}
	for _, doc := range split(data) { // an escaped line end of a quoted text is one to YAML, and a longer document may be too long
		if bytes.Contains(doc.text, []byte("\\\n")) || len(doc.text) > MaxDocument/2 {
			return
		}
	}
	dressed := append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))...)
	other := NewSet("f-xq")
	other.Apply([]*File{Parse("b.yaml", []byte(neighbours)), Parse("a.yaml", dressed)}, nil)
	if diff := cmp.Diff(s.Names(), other.Names()); diff != "" {
		t.Fatalf("want -, got +:\n%s", diff)
	}
	for _, name := range s.Names() {
		want, _ := s.Cluster(name)
		got, _ := other.Cluster(name)
		if got.State != want.State || got.Hash != want.Hash || lifecycleOf(got) != lifecycleOf(want) {
			t.Errorf("%s with other line ends is %+v, not %+v", name, got, want)
		}
	}
}
