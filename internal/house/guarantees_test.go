package house

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest   = regexp.MustCompile("`(Test[A-Z]\\w*)`")
	writtenTest = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)
)

// Each promise stands on the page of guarantees, and each test it names is one.
func TestGuaranteesAreTested(t *testing.T) {
	tree := os.DirFS(root)
	page, err := fs.ReadFile(tree, "docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 12; n++ {
		if !strings.Contains(string(page), fmt.Sprintf("\n**P%d. ", n)) {
			t.Errorf("docs/guarantees.md has no P%d", n)
		}
	}
	written := testNames(t, tree)
	for _, m := range namedTest.FindAllStringSubmatch(string(page), -1) {
		if !written[m[1]] {
			t.Errorf("docs/guarantees.md names %s, which is no test", m[1])
		}
	}
}

// testNames are all test functions of the tree.
func testNames(t *testing.T, tree fs.FS) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		for _, m := range writtenTest.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
