package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a diagnostic stands in the way.
type Severity string

// An error freezes the clusters it concerns; a warning is only shown. Everything
// this package says is an error: warnings come from drivers.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Code is the stable name of a kind of diagnostic.
type Code string

// The codes of this package.
const (
	CodeSyntax          Code = "syntax"           // not YAML, or YAML that is refused (size, depth, encoding)
	CodeForeign         Code = "foreign"          // a document of another apiVersion or kind
	CodeUnknownField    Code = "unknown-field"    // no such field here
	CodeTemplateField   Code = "template-field"   // a field only the cluster template may set
	CodeDuplicateKey    Code = "duplicate-key"    // one key twice in one mapping
	CodeWrongType       Code = "wrong-type"       // text for a number, a list for text, ...
	CodeMissing         Code = "missing"          // a required field is not there
	CodeInvalid         Code = "invalid"          // right type, impossible value
	CodeConflict        Code = "conflict"         // two fields that do not go together
	CodeDuplicateName   Code = "duplicate-name"   // two documents of one kind and name, or two node groups of one name
	CodeUnknownTemplate Code = "unknown-template" // the cluster names a template nobody wrote
	CodeBrokenTemplate  Code = "broken-template"  // the cluster's template has errors of its own
	CodeFleet           Code = "fleet"            // none, several or a misnamed Fleet document
)

// Diagnostic is one complaint about what people wrote.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Path     string   `json:"path,omitempty"`   // file, as the source names it; "" only when no file can be blamed
	Line     int      `json:"line,omitempty"`   // from 1
	Column   int      `json:"column,omitempty"` // from 1, in characters
	Field    string   `json:"field,omitempty"`  // path inside the document, for instance spec.nodeGroups[1].nodeCount
	Summary  string   `json:"summary"`          // what is wrong, one line
	Remedy   string   `json:"remedy,omitempty"` // what to do about it, one line
}

// String gives "file:line:column: field: summary (remedy)", leaving out what is
// not known. It is one line that a terminal can be shown, whatever people wrote.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.Path != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", d.Path, d.Line, d.Column)
	}
	if d.Field != "" {
		b.WriteString(d.Field + ": ")
	}
	b.WriteString(d.Summary)
	if d.Remedy != "" {
		b.WriteString(" (" + d.Remedy + ")")
	}
	return Plain(b.String())
}

// order sorts diagnostics by where they are, so that the same problems always
// read the same.
func order(ds []Diagnostic) []Diagnostic {
	slices.SortFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			strings.Compare(a.Field, b.Field), strings.Compare(string(a.Code), string(b.Code)),
			strings.Compare(a.Summary, b.Summary),
		)
	})
	return slices.Compact(ds)
}
