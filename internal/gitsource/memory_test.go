package gitsource

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMemory(t *testing.T) {
	files := map[string][]byte{"b/two.yml": []byte("b"), "a.yaml": []byte("a"), "README.md": []byte("c")}
	s, err := Memory(Revision{ID: "r1"}, files)
	if err != nil {
		t.Fatal(err)
	}
	var paths, texts []string
	for _, b := range s.Blobs() {
		text, err := s.Read(b.Hash)
		if err != nil {
			t.Error(err)
		}
		paths, texts = append(paths, b.Path), append(texts, string(text))
	}
	if diff := cmp.Diff([]string{"a.yaml", "b/two.yml"}, paths); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, texts); diff != "" {
		t.Error(diff)
	}
	if _, err := Memory(Revision{ID: "r2"}, map[string][]byte{"README.md": nil}); !is(err, NoYAML) {
		t.Errorf("without YAML: %v", err)
	}
}

func is(err error, want Reason) bool {
	r, ok := ReasonOf(err)
	return ok && r == want
}
