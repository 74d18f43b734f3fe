package spec

import (
	"fmt"
	"maps"
	"slices"
)

// Broken gives the files with an error of their own, by path. A file may be broken
// and name no cluster that it could freeze.
func (s *Set) Broken() []*File {
	out := make([]*File, 0, len(s.broken))
	for _, path := range slices.Sorted(maps.Keys(s.broken)) {
		out = append(out, s.broken[path])
	}
	return out
}

// BrokenFile gives the file of that path if it is broken, else nil.
func (s *Set) BrokenFile(path string) *File { return s.broken[path] }

// First is the first thing that is wrong with a broken file.
func (f *File) First() Diagnostic { return f.Diagnostics[0] }

// noFleet complains that no document is the Fleet's, and names the file that may
// hold it and cannot be read.
func (s *Set) noFleet(write string) Diagnostic {
	d := Diagnostic{Severity: Error, Code: CodeFleet, Summary: "there is no Fleet document", Remedy: write}
	broken := s.Broken()
	if len(broken) == 0 {
		return d
	}
	d.Summary += fmt.Sprintf(", and %s cannot be read, the first %s", countFiles(len(broken)), withoutRemedy(broken[0].First()))
	d.Remedy = "mend what cannot be read, then see whether the Fleet document is there"
	return d
}

func countFiles(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// withoutRemedy is a diagnostic with its place and without its remedy.
func withoutRemedy(d Diagnostic) string {
	d.Remedy = ""
	return d.String()
}
