package house

import (
	"fmt"
	"go/ast"
	"slices"
)

// impure are the names, by package, that reconcile must not use although the
// package itself is allowed: of time it has the types, of fmt the strings.
var impure = map[string][]string{
	"time": {"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Timer", "Ticker", "Tick", "Since", "Until", "Local", "LoadLocation"},
	"fmt":  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
}

// pureCalls finds what an import list does not show: reading a clock, starting a
// goroutine, writing to the terminal.
func pureCalls(s source) []string {
	if s.test || !within(s.dir(), "reconcile") {
		return nil
	}
	var wrong []string
	names := map[string]string{} // local name -> import path
	for _, i := range s.ast.Imports {
		of := unquote(i.Path.Value)
		if impure[of] == nil {
			continue
		}
		names[of] = of
		if i.Name != nil {
			names[i.Name.Name] = of
		}
		if i.Name != nil && i.Name.Name == "." {
			wrong = append(wrong, fmt.Sprintf("%s: imports %s under no name, so nobody sees what is used of it", s.at(i.Pos()), of))
		}
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			wrong = append(wrong, fmt.Sprintf("%s: starts a goroutine: reconcile has none", s.at(n.Pos())))
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if ok && slices.Contains(impure[names[pkg.Name]], n.Sel.Name) {
				wrong = append(wrong, fmt.Sprintf("%s: uses %s.%s: time comes with an event, text goes into a finding", s.at(n.Pos()), names[pkg.Name], n.Sel.Name))
			}
		}
		return true
	})
	return wrong
}
