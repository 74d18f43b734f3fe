package reconcile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestOutcomesPageNamesEveryWord holds docs/reference/outcomes.md against the
// words of this package.
func TestOutcomesPageNamesEveryWord(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/outcomes.md")
	if err != nil {
		t.Fatal(err)
	}
	words := constants(t, "outcome.go", "Code", "Outcome")
	if len(words) < 30 {
		t.Fatalf("only %d words found: %q", len(words), words)
	}
	for _, w := range words {
		if !strings.Contains(string(page), "`"+w+"`") {
			t.Errorf("the page does not name `%s`", w)
		}
	}
}

// constants gives the string constants of the given types in one file.
func constants(t *testing.T, file string, types ...string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		id, ok := v.Type.(*ast.Ident)
		if !ok || !strings.Contains(strings.Join(types, " "), id.Name) {
			return true
		}
		for _, e := range v.Values {
			if lit, ok := e.(*ast.BasicLit); ok {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					out = append(out, s)
				}
			}
		}
		return true
	})
	return out
}
