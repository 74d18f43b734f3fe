package spec

import (
	"regexp"
	"strings"
)

// shape is what a field's value looks like in YAML.
type shape string

const (
	shapeText   shape = "text"
	shapeNumber shape = "whole number"
	shapeFlag   shape = "true or false"
	shapeScalar shape = "text, a number, true or false" // kept as it was written
	shapeObject shape = "mapping"                       // of the named fields
	shapeDict   shape = "mapping of names to values"    // keys are free within keys
	shapeList   shape = "list"
)

// field is one row of the table: all that parser, schema and page know of it.
type field struct {
	name     string
	magnum   string // the attribute's name in Magnum's API where it differs in more than case
	doc      string // one or two sentences, for the page and for editors
	shape    shape
	required bool
	def      string // default as the page shows it, "" for none
	override bool   // a ClusterTemplate's field that a Cluster may set too

	enum     []string // the only values
	pattern  *pattern // what text must look like
	keys     *pattern // what a dict's keys must look like
	min, max int      // bounds of a number; max 0: none
	maxLen   int      // of text, in characters; 0: 255
	fields   []*field // of an object
	item     *field   // of a list or a dict
	not      *pattern // text that is refused all the same; its words say why
	odd      bool     // of a number
}

// pattern is a regular expression that Go and ECMA-262 read alike, with the
// words for people.
type pattern struct {
	expr string
	what string // "a lower-case word", to stand after "must be"
	re   *regexp.Regexp
}

func newPattern(what, expr string) *pattern {
	return &pattern{expr: expr, what: what, re: regexp.MustCompile(expr)}
}

func (p *pattern) match(s string) bool { return p.re.MatchString(s) }

// find gives the row of the named field of an object, or nil.
func (f *field) find(name string) *field {
	for _, c := range f.fields {
		if c.name == name {
			return c
		}
	}
	return nil
}

// longest gives the limit of a text's length in characters.
func (f *field) longest() int {
	if f.maxLen == 0 {
		return 255
	}
	return f.maxLen
}

// nearest gives the field that was probably meant by name: the same but for
// case and underscores, Magnum's name for it, or within a third of its letters.
func (f *field) nearest(name string) (string, bool) {
	squeeze := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
	}
	var names []string
	for _, c := range f.fields {
		if squeeze(c.name) == squeeze(name) || (c.magnum != "" && squeeze(c.magnum) == squeeze(name)) {
			return c.name, true
		}
		names = append(names, c.name)
	}
	return nearest(name, names)
}

// nearest gives the candidate with the smallest edit distance to name, if that
// is at most a third of the longer word (and at least 1). The first of equals wins.
func nearest(name string, candidates []string) (string, bool) {
	if len(name) > 64 {
		return "", false
	}
	best, at := "", -1
	for _, c := range candidates {
		limit := max(1, max(len(name), len(c))/3)
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d <= limit && (at < 0 || d < at) {
			best, at = c, d
		}
	}
	return best, at >= 0
}

// distance is Levenshtein's, over bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			diagonal := row[j+1]
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(diagonal+1, row[j]+1, left+cost)
			left = diagonal
		}
	}
	return row[len(b)]
}
