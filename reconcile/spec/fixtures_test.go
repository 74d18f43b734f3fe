package spec

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// fixtures gives the documents under examples and testdata, by path.
func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, root := range []string{"../../examples", "testdata/fleet"} {
		tree := os.DirFS(root)
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || (path.Ext(name) != ".yaml" && path.Ext(name) != ".yml") {
				return err
			}
			data, err := fs.ReadFile(tree, name)
			files[root+"/"+name] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestFleetsOfFixturesAreSound reads the fleets that users and tests begin with.
func TestFleetsOfFixturesAreSound(t *testing.T) {
	for _, root := range []string{"../../examples/fleet/", "testdata/fleet/"} {
		s := NewSet("")
		for name, data := range fixtures(t) {
			if strings.HasPrefix(name, root) {
				s.Apply([]*File{Parse(name, data)}, nil)
			}
		}
		if ds := s.Diagnostics(); len(ds) > 0 {
			t.Errorf("%s: %v", root, texts(ds))
		}
		if len(s.Names()) == 0 {
			t.Errorf("%s: no clusters", root)
		}
	}
}
