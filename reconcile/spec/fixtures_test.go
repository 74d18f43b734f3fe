package spec

import (
	"io/fs"
	"os"
	"path"
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
