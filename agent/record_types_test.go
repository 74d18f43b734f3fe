package agent

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryEventCanBeReplayed finds the events of package reconcile in its source:
// structs that embed At.
func TestEveryEventCanBeReplayed(t *testing.T) {
	files, err := filepath.Glob("../reconcile/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		found += replayable(t, file)
	}
	if found < 18 {
		t.Errorf("found %d events", found)
	}
}

// replayable counts the events of a file.
func replayable(t *testing.T, file *ast.File) (found int) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if ok && slices.ContainsFunc(body.Fields.List, embedsAt) {
			found++
			if eventTypes[spec.Name.Name] == nil {
				t.Errorf("event %s is recorded and cannot be replayed", spec.Name.Name)
			}
		}
		return true
	})
	return found
}

func embedsAt(f *ast.Field) bool {
	name, ok := f.Type.(*ast.Ident)
	return ok && len(f.Names) == 0 && name.Name == "At"
}
