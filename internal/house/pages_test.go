package house

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A make command as pages show it: in backquotes, or on a line of a code block.
var makeCommand = regexp.MustCompile("(?m)(?:`|^(?:    )?\\$? ?)make ([a-z][a-z-]*)")

// A rule of the Makefile that people may call.
var makeTarget = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)

// TestPagesNameTargets keeps every `make X` of a page true.
func TestPagesNameTargets(t *testing.T) {
	tree := os.DirFS(root)
	makefile, err := fs.ReadFile(tree, "Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range makeTarget.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	for _, page := range pages(t, tree) {
		text, err := fs.ReadFile(tree, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range makeCommand.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s: says make %s, which is no target of the Makefile", page, m[1])
			}
		}
	}
}

// A link of a page to another file of the repository.
var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// TestPagesLinkToFiles keeps links between pages true.
func TestPagesLinkToFiles(t *testing.T) {
	tree := os.DirFS(root)
	for _, page := range pages(t, tree) {
		text, err := fs.ReadFile(tree, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := fs.Stat(tree, path.Join(path.Dir(page), m[1])); err != nil {
				t.Errorf("%s: links to %s: %v", page, m[1], err)
			}
		}
	}
}

// pages are the Markdown files of the repository.
func pages(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"testdata", "bin", "dist"}, d.Name())):
			return fs.SkipDir
		case path.Ext(name) == ".md":
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestMakeCommandIsFound(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"in backquotes", "Run `make demo` now.", "demo"},
		{"in a fenced block", "```\nmake test\n```", "test"},
		{"in an indented block", "text\n\n    make test-fast\n", "test-fast"},
		{"after a prompt", "    $ make openstack-down", "openstack-down"},
		{"in a sentence", "These make clusters cheap.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if m := makeCommand.FindStringSubmatch(tt.text); m != nil {
				got = m[1]
			}
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
