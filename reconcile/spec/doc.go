// Package spec holds the kinds people write, and what they mean once read: a
// [Parse] of one file, and a [Set] of files in which every cluster is merged with
// its template into one [Cluster].
//
// One table of fields (table.go) is the source of the parser, of the JSON Schema
// for editors ([Schema]) and of the page docs/reference/kinds.md. Every complaint
// is a [Diagnostic] with file, line, column and the field's path.
//
// The package is pure: bytes go in, values come out. It refuses to guess: what it
// cannot read makes its clusters [Unreadable], which freezes them (no update, no
// delete) and leaves all others alone. It never decides that a cluster should go
// because a document is missing, and it knows nothing of labels beyond their
// being text: a label's meaning is its driver's.
package spec
