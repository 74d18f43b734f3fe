package mutants

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// switchPackage is imported by the copies.
const switchPackage = "github.com/heatsync/heatsync/test/simulation/mutant"

// Overlay writes mutated copies of the sources below root into dir, and gives the
// file for go build -overlay. An error names every mutant that does not fit.
func Overlay(root, dir string, all []Mutant) (string, error) {
	edits, err := placed(all)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	var wrong []error
	for file, of := range edits {
		from, to := filepath.Join(root, file), filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		text, err := os.ReadFile(from)
		if err == nil {
			text, err = mutated(text, of)
		}
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", file, err))
		}
		replace[from] = to
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return "", errors.Join(wrong...)
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// edit is one place of one mutant.
type edit struct {
	mutant string
	Place
	at int // where its text begins
}

// placed gives the edits of each file.
func placed(all []Mutant) (map[string][]edit, error) {
	edits, seen := map[string][]edit{}, map[string]bool{}
	for _, m := range all {
		if seen[m.Name] {
			return nil, fmt.Errorf("two mutants %q", m.Name)
		}
		seen[m.Name] = true
		for _, p := range m.Places {
			if !strings.Contains(p.Put, "MUTANT") {
				return nil, fmt.Errorf("mutant %q: %s: what is put is not switched by MUTANT", m.Name, p.File)
			}
			edits[p.File] = append(edits[p.File], edit{mutant: m.Name, Place: p})
		}
	}
	return edits, nil
}

// mutated gives a source with all edits, and with the switch imported. Lines of
// the source keep their numbers up to its first edit.
func mutated(text []byte, edits []edit) ([]byte, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	var wrong []error
	source := string(text)
	for i := range edits {
		e := &edits[i]
		if n := strings.Count(source, e.Find); n != 1 {
			wrong = append(wrong, fmt.Errorf("mutant %q: its text is found %d times, not once: %q", e.mutant, n, e.Find))
		}
		e.at = strings.Index(source, e.Find)
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(edits); i++ {
		if a, b := edits[i-1], edits[i]; a.at >= 0 && a.at+len(a.Find) > b.at {
			wrong = append(wrong, fmt.Errorf("mutants %q and %q change the same text", a.mutant, b.mutant))
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	var out strings.Builder
	done := int(file.Name.End()) - 1
	out.WriteString(source[:done] + "; import " + strconv.Quote(switchPackage))
	for _, e := range edits {
		out.WriteString(source[done:e.at])
		out.WriteString(strings.ReplaceAll(e.Put, "MUTANT", fmt.Sprintf("mutant.Is(%q)", e.mutant)))
		done = e.at + len(e.Find)
	}
	out.WriteString(source[done:])
	return []byte(out.String()), nil
}
