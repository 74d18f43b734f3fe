package spec

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds on what is read at all.
const (
	MaxFile      = 16 << 20  // bytes of a file
	MaxDocument  = 256 << 10 // bytes of a document
	MaxDocuments = 20000     // documents of a file
)

// pointerHead begins what stands in Git for a file that Git LFS keeps elsewhere.
const pointerHead = "version https://git-lfs.github.com/spec/"

// File is what one file says. It is never changed once made, so one File may be
// shared and kept for as long as the file's bytes and path stay the same.
type File struct {
	Path        string
	Documents   []*Document  // in the order they are written, broken ones included when their kind and name can be told
	Diagnostics []Diagnostic // of the whole file, in order
	Mentioned   []string     // clusters that broken documents seem to speak of: they are frozen. Sorted
	Broken      bool         // some document, or the file itself, has an error
}

// Document is one document of a file whose kind and name are known.
type Document struct {
	Kind         Kind
	Name         string
	Path         string
	Line, Column int          // where metadata.name stands
	Broken       bool         // has errors: nothing may be built from it
	Diagnostics  []Diagnostic // its own

	root   *value            // nil when the document could not be read at all
	labels map[string]string // of a template: shared by the clusters that add none
}

// Parse reads one file. It is pure, never panics and always gives a File: what
// is wrong is in its Diagnostics, and the error of one document leaves the others
// readable.
func Parse(path string, data []byte) *File {
	f := &File{Path: path}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	chunks := split(data)
	if d := unreadable(path, data, chunks); d != nil {
		f.Diagnostics = []Diagnostic{*d}
		for _, c := range chunks {
			f.guess(c, f.Diagnostics, len(f.Documents))
		}
	} else {
		for _, c := range chunks {
			f.parseDocument(c)
		}
	}
	f.finish()
	return f
}

// unreadable tells why a file cannot be YAML of ours at all, nil when it can.
func unreadable(path string, data []byte, chunks []chunk) *Diagnostic {
	complain := func(at int, summary, remedy string) *Diagnostic {
		before := data[:at]
		line := bytes.Count(before, []byte("\n")) + 1
		column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		return &Diagnostic{Severity: Error, Code: CodeSyntax, Path: path, Line: line, Column: column, Summary: summary, Remedy: remedy}
	}
	if len(data) > MaxFile {
		return complain(0, fmt.Sprintf("the file has more than %d bytes", MaxFile), "split it")
	}
	if bytes.HasPrefix(data, []byte(pointerHead)) {
		return complain(0, "a Git LFS pointer, not the file itself", "store the file in Git: git lfs untrack, then commit it again")
	}
	if len(chunks) > MaxDocuments {
		return complain(0, fmt.Sprintf("the file has %d documents, at most %d are read", len(chunks), MaxDocuments), "split it")
	}
	for i := 0; i < len(data); {
		c, n := rune(data[i]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRune(data[i:])
		}
		switch {
		case c == utf8.RuneError && n == 1:
			return complain(i, "not UTF-8", "save the file as UTF-8")
		case c == '\r' && (i+1 == len(data) || data[i+1] != '\n'), c == '\u0085', c == '\u2028', c == '\u2029':
			return complain(i, fmt.Sprintf("a line ends with the character %U", c), "end lines with a plain newline")
		case c == '\ufeff', c == 0:
			return complain(i, fmt.Sprintf("the character %U is not allowed here", c), "remove it")
		}
		i += n
	}
	return nil
}

// chunk is the text of one document, with the number of lines before it.
type chunk struct {
	text  []byte
	lines int
}

// split cuts a file at its document markers. A line that begins with --- or ...
// is a marker wherever it stands (YAML 1.2, 9.1.2), so a document that is no YAML
// cannot swallow the next.
func split(data []byte) []chunk {
	var chunks []chunk
	start, startLine, line := 0, 0, 0
	for at := 0; at < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		switch text := data[at:end]; {
		case marker(text, "---"):
			chunks = append(chunks, chunk{data[start:at], startLine})
			start, startLine = at, line
		case marker(text, "..."):
			chunks = append(chunks, chunk{data[start:at], startLine})
			start, startLine = end, line+1
		}
		at = end
	}
	return append(chunks, chunk{data[start:], startLine})
}

func marker(line []byte, mark string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(mark))
	return ok && (len(rest) == 0 || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// parseDocument reads one document and adds it to f.
func (f *File) parseDocument(c chunk) {
	r := &reader{path: f.Path, lines: c.lines}
	if len(c.text) > MaxDocument {
		r.complain(CodeSyntax, int32(c.lines+1), 1, fmt.Sprintf("the document has %d bytes, at most %d are read", len(c.text), MaxDocument), "split it")
		f.add(r, nil, c)
		return
	}
	node, err := decode(c.text)
	if err != nil {
		r.syntax(c)
		f.add(r, nil, c)
		return
	}
	if node == nil {
		return // nothing but comments
	}
	f.add(r, r.document(node), c)
}

// decode gives a document's root node, nil when it is empty.
func decode(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // the YAML library's own bug: the document is unreadable, no more
			root, err = nil, fmt.Errorf("yaml: the parser gave up: %v", p)
		}
	}()
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return nil, err
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) == 0 {
		return nil, nil
	}
	root = n.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" && root.Value == "" {
		return nil, nil
	}
	return root, nil
}
