package gitsource

import (
	"bytes"
	"path"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// files gathers the YAML files of a snapshot under the rules that a commit and
// a folder share.
type files struct {
	maxFiles int
	blobs    []Blob
	skipped  []string
	byHash   map[string]int64
}

func newFiles(maxFiles int) *files {
	return &files{maxFiles: maxFiles, byHash: map[string]int64{}}
}

// hidden names are other tools' (.github, .gitlab-ci.yml, ..data) and never read.
func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func isYAML(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// add lists a file. It is called before the file is read.
func (f *files) add(b Blob) error {
	if len(f.blobs) == f.maxFiles {
		return fault(TooManyFiles, nil, "there are more than %d YAML files", f.maxFiles)
	}
	f.blobs = append(f.blobs, b)
	f.byHash[b.Hash] = b.Size
	return nil
}

// done sorts what was gathered. None is an error: absence is no instruction.
func (f *files) done(where string) error {
	if len(f.blobs) == 0 {
		return fault(NoYAML, nil, "%s holds no YAML file", where)
	}
	sort.Slice(f.blobs, func(i, j int) bool { return f.blobs[i].Path < f.blobs[j].Path })
	sort.Strings(f.skipped)
	return nil
}

// checkPointer refuses an ignore file that is a Git LFS pointer: it would leave out
// nothing. What a YAML file holds is for its reader to judge.
func checkPointer(file string, b []byte) error {
	if bytes.HasPrefix(b, []byte("version https://git-lfs.github.com/spec/")) {
		return fileFault(LFSPointer, file, "file %q is a Git LFS pointer, not the file itself", file)
	}
	return nil
}

// ignores are the patterns in force for one folder.
type ignores []gitignore.Pattern

// with adds the patterns of an ignore file found in the folder dir.
func (i ignores) with(text []byte, dir []string) ignores {
	out := i[:len(i):len(i)]
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			out = append(out, gitignore.ParsePattern(line, dir))
		}
	}
	return out
}

func (i ignores) match(file []string, folder bool) bool {
	return len(i) > 0 && gitignore.NewMatcher(i).Match(file, folder)
}
