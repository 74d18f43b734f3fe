package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds on one document. They leave room for the largest cluster anyone writes,
// and none for a document that is small in Git and huge in memory.
const (
	maxDepth       = 32    // nested mappings and lists
	maxNodesRead   = 40000 // keys and values visited, aliases followed
	maxDiagnostics = 50    // complaints about one document
)

// reader checks one YAML document against the table. What it complains about is
// left out of the values it gives.
type reader struct {
	path  string
	lines int      // of the file before this document
	at    []string // the path to the node at hand, "[1]" for an index
	nodes int
	full  bool // nodes are too many: the rest is not read
	diags []Diagnostic
	cut   bool
}

func (r *reader) complain(code Code, line, column int32, summary, remedy string) {
	if len(r.diags) >= maxDiagnostics {
		r.cut = true
		return
	}
	r.diags = append(r.diags, Diagnostic{
		Severity: Error, Code: code, Path: r.path, Line: max(1, int(line)), Column: max(1, int(column)),
		Field: fieldPath(r.at), Summary: summary, Remedy: remedy,
	})
}

func (r *reader) place(n *yaml.Node) (line, column int32) {
	return int32(n.Line + r.lines), int32(n.Column)
}

// fieldPath joins the steps of a path: "spec.nodeGroups[1].nodeCount".
func fieldPath(steps []string) string {
	return strings.ReplaceAll(strings.Join(steps, "."), ".[", "[")
}

// enter goes down to a key or an index; a key that would break the line of a
// message is quoted.
func (r *reader) enter(name string) {
	if strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		name = short(name)
	}
	r.at = append(r.at, name)
}

func (r *reader) leave() { r.at = r.at[:len(r.at)-1] }

// read checks n as f says and gives its value, nil when it is unusable.
func (r *reader) read(n *yaml.Node, f *field) *value {
	line, column := r.place(n)
	n, ok := r.follow(n, line, column)
	if !ok {
		return nil
	}
	v := &value{line: line, column: column}
	switch f.shape {
	case shapeObject, shapeDict:
		if n.Kind != yaml.MappingNode || n.ShortTag() != "!!map" {
			return r.wrong(v, n, f)
		}
		r.readMapping(v, n, f)
	case shapeList:
		if n.Kind != yaml.SequenceNode || n.ShortTag() != "!!seq" {
			return r.wrong(v, n, f)
		}
		for i, c := range n.Content {
			r.enter("[" + strconv.Itoa(i) + "]")
			if item := r.read(c, f.item); item != nil {
				v.items = append(v.items, item)
			}
			r.leave()
		}
	default:
		if n.Kind != yaml.ScalarNode || !fits(n, f.shape) {
			return r.wrong(v, n, f)
		}
		v.scalar = n.Value
		if !r.allowed(v, f) {
			return nil
		}
	}
	return v
}

// follow resolves an alias and counts the node against the bounds.
func (r *reader) follow(n *yaml.Node, line, column int32) (*yaml.Node, bool) {
	for range maxDepth {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	r.nodes++
	switch {
	case r.nodes > maxNodesRead:
		if r.full {
			break
		}
		r.full = true
		r.complain(CodeSyntax, line, column, fmt.Sprintf("the document has more than %d keys and values, its aliases followed", maxNodesRead), "split it, or use fewer aliases")
	case len(r.at) > maxDepth:
		r.complain(CodeSyntax, line, column, fmt.Sprintf("nested more than %d deep", maxDepth), "")
	default:
		return n, true
	}
	return nil, false
}

// wrong complains that n is not what f wants.
func (r *reader) wrong(v *value, n *yaml.Node, f *field) *value {
	want := "a " + string(f.shape)
	switch f.shape {
	case shapeText, shapeFlag, shapeScalar:
		want = string(f.shape)
	}
	r.complain(CodeWrongType, v.line, v.column, fmt.Sprintf("must be %s, found %s", want, found(n)), remedyFor(n, f))
	return nil
}

// remedyFor says how the author probably meant it.
func remedyFor(n *yaml.Node, f *field) string {
	if n.Kind != yaml.ScalarNode {
		if ownTag(n) {
			return "remove the tag"
		}
		return ""
	}
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		return "write a value or leave the field out"
	case f.pattern == timePattern && tag == "!!int":
		return fmt.Sprintf("say the unit: %sm", n.Value)
	case f.shape == shapeText && (tag == "!!int" || tag == "!!float" || tag == "!!bool"):
		return fmt.Sprintf("put it in quotes: %q", n.Value)
	case f.shape == shapeNumber && tag == "!!str" && digits.MatchString(n.Value):
		return "take the quotes away"
	case f.shape == shapeFlag && tag == "!!str":
		return "write true or false, without quotes"
	case tag == "!!bool":
		return "write it in small letters"
	}
	return ""
}

var digits = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// fits tells whether a scalar is of the shape wanted.
func fits(n *yaml.Node, s shape) bool {
	tag := n.ShortTag()
	switch s {
	case shapeText:
		return tag == "!!str" || tag == "!!timestamp" // a date is text in YAML 1.2
	case shapeNumber:
		return tag == "!!int" && digits.MatchString(n.Value)
	case shapeFlag:
		return tag == "!!bool" && (n.Value == "true" || n.Value == "false")
	default:
		return tag == "!!str" || tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!timestamp"
	}
}

// found names what stands in the document, for people.
func found(n *yaml.Node) string {
	switch {
	case ownTag(n):
		return "the tag " + short(n.Tag)
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	v := short(n.Value)
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!str":
		return "the text " + v
	case "!!int", "!!float":
		return "the number " + v[1:len(v)-1]
	case "!!bool":
		return v[1 : len(v)-1]
	case "!!timestamp":
		return "the date " + v[1:len(v)-1]
	}
	return fmt.Sprintf("a value of type %s", short(n.Tag))
}

// ownTag tells whether a mapping or a list has a tag that is not YAML's own.
func ownTag(n *yaml.Node) bool {
	tag := n.ShortTag()
	return n.Kind == yaml.MappingNode && tag != "!!map" || n.Kind == yaml.SequenceNode && tag != "!!seq"
}

// short quotes a text, cut to what fits a message.
func short(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:37]) + "..."
	}
	return strconv.Quote(s)
}

// allowed checks a scalar's value, which is of the right type already.
func (r *reader) allowed(v *value, f *field) bool {
	summary := ""
	remedy := ""
	switch {
	case f.shape == shapeNumber:
		summary = numberComplaint(v.scalar, f)
	case len(f.enum) > 0:
		summary, remedy = enumComplaint(v.scalar, f.enum)
	case utf8.RuneCountInString(v.scalar) > f.longest():
		summary = fmt.Sprintf("has %d characters, at most %d are allowed", utf8.RuneCountInString(v.scalar), f.longest())
	case f.pattern != nil && !f.pattern.match(v.scalar):
		summary = "must be " + f.pattern.what
		if f.pattern != proxyPattern { // a proxy's URL may hold a password
			summary = short(v.scalar) + " " + summary
		}
	case f.not != nil && f.not.match(v.scalar):
		summary = short(v.scalar) + " " + f.not.what
	}
	if summary != "" {
		r.complain(CodeInvalid, v.line, v.column, summary, remedy)
	}
	return summary == ""
}

func numberComplaint(text string, f *field) string {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < f.min || n > f.max:
		return fmt.Sprintf("%s is out of bounds: %d to %d", strings.Trim(short(text), `"`), f.min, f.max)
	case f.odd && n%2 == 0:
		return fmt.Sprintf("%d is even: an even number of masters survives no more losses than one master fewer, so it must be odd", n)
	}
	return ""
}

func enumComplaint(text string, enum []string) (summary, remedy string) {
	for _, e := range enum {
		if e == text {
			return "", ""
		}
	}
	if near, ok := nearest(text, enum); ok && len(enum) > 1 {
		remedy = fmt.Sprintf("did you mean %s?", near)
	}
	if len(enum) == 1 {
		return fmt.Sprintf("%s must be %s", short(text), enum[0]), remedy
	}
	return fmt.Sprintf("%s must be one of %s", short(text), strings.Join(enum, ", ")), remedy
}
