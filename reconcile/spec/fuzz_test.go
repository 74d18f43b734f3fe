package spec

import (
	"slices"
	"strings"
	"testing"
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
