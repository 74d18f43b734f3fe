package house

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// root is the module's folder, from this package's.
const root = "../.."

func TestHouse(t *testing.T) {
	files := load(t, os.DirFS(root))
	if len(files) < 10 {
		t.Fatalf("only %d Go files below %s: is this the module's root?", len(files), root)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range files {
				for _, w := range r.check(s) {
					t.Error(w)
				}
			}
		})
	}
	t.Run("packages say what they are for", func(t *testing.T) {
		for _, w := range packageRules(files) {
			t.Error(w)
		}
	})
}

// TestHouseRules breaks each rule on purpose: testdata/NAME.txtar is a tree, and
// its file "want" the beginnings of all complaints about it.
func TestHouseRules(t *testing.T) {
	stories, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]bool{}
	for _, e := range stories {
		t.Run(strings.TrimSuffix(e.Name(), ".txtar"), func(t *testing.T) {
			tree, want := story(t, "testdata/"+e.Name())
			files := load(t, tree)
			var got []string
			for _, r := range rules {
				for _, s := range files {
					for _, w := range r.check(s) {
						got = append(got, r.name+": "+w)
						broken[r.name] = true
					}
				}
			}
			got = append(got, packageRules(files)...)
			if diff := cmp.Diff(want, strings.Join(append(got, ""), "\n")); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
	for _, r := range rules {
		if !broken[r.name] {
			t.Errorf("no story breaks the rule %q", r.name)
		}
	}
}

// story reads an archive into a tree and the complaints wanted of it.
func story(t *testing.T, file string) (tree fstest.MapFS, want string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tree = fstest.MapFS{}
	for _, f := range archive.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return tree, want
}
