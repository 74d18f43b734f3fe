package house

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/heatsync/heatsync"

// source is one Go file of a tree.
type source struct {
	path string // slash-separated, from the tree's root
	test bool   // a _test.go file
	ast  *ast.File
	fset *token.FileSet
}

// dir is the package's folder from the tree's root; "" is the root.
func (s source) dir() string {
	if d := path.Dir(s.path); d != "." {
		return d
	}
	return ""
}

// at renders a position inside the file as path:line.
func (s source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line)
}

// load parses every Go file below the root of tree, in order of their paths.
// Hidden folders, testdata, what make builds and modules of their own are not
// part of the house.
func load(tb testing.TB, tree fs.FS) []source {
	tb.Helper()
	var files []source
	fset := token.NewFileSet()
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // gone while we looked
			return nil
		case err != nil:
			return err
		case d.IsDir():
			if name != "." && outside(tree, name) {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, source{path: name, test: strings.HasSuffix(name, "_test.go"), ast: file, fset: fset})
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// outside says whether a folder's Go files belong to something else.
func outside(tree fs.FS, dir string) bool {
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") ||
		slices.Contains([]string{"testdata", "vendor"}, base) ||
		slices.Contains([]string{"bin", "dist"}, dir) {
		return true
	}
	_, err := fs.Stat(tree, path.Join(dir, "go.mod"))
	return err == nil
}

// within says whether the folder dir is one of the rooms or inside one of them.
func within(dir string, rooms ...string) bool {
	return slices.ContainsFunc(rooms, func(room string) bool {
		return dir == room || strings.HasPrefix(dir, room+"/")
	})
}
