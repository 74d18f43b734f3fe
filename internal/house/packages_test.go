package house

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// nounless are package names that say a thing has found no home.
var nounless = []string{"util", "utils", "common", "helper", "helpers", "types", "misc"}

// packageRules looks at packages as a whole: their names and their comments.
func packageRules(files []source) []string {
	commented := map[string]bool{} // folder -> has a package comment
	name := map[string]string{}
	var wrong []string
	for _, s := range files {
		if slices.Contains(nounless, strings.TrimSuffix(s.ast.Name.Name, "_test")) {
			wrong = append(wrong, fmt.Sprintf("%s: package %s: its noun is missing", s.path, s.ast.Name.Name))
		}
		if s.test {
			continue
		}
		name[s.dir()] = s.ast.Name.Name
		commented[s.dir()] = commented[s.dir()] || introduces(s)
	}
	for _, dir := range slices.Sorted(maps.Keys(name)) {
		if !commented[dir] {
			wrong = append(wrong, fmt.Sprintf("%s: package %s has no comment that says what it is for, begun %q", dir, name[dir], opening(dir, name[dir])))
		}
	}
	return wrong
}

// introduces says whether the file has the package's comment.
func introduces(s source) bool {
	return s.ast.Doc != nil && strings.HasPrefix(s.ast.Doc.Text(), opening(s.dir(), s.ast.Name.Name)+" ")
}

// opening is how a package's comment begins: a command by the name it is run as.
func opening(dir, name string) string {
	if name != "main" {
		return "Package " + name
	}
	return "Command " + dir[strings.LastIndex(dir, "/")+1:]
}
