package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	errLine   = regexp.MustCompile(`^yaml: line ([0-9]+): `)
	errAnchor = regexp.MustCompile(`^yaml: unknown anchor '(.*)' referenced`)
)

// parserProblems begin the messages of the YAML library's parser, which counts
// lines from 0; its scanner counts them from 1 (go.yaml.in/yaml/v3 3.0.6, decode.go,
// fail).
var parserProblems = []string{
	"did not find expected <", "did not find expected node content", "did not find expected '-' indicator",
	"did not find expected key", "did not find expected ',' or", "found duplicate %", "found incompatible YAML",
	"found undefined tag handle",
}

// syntax turns the YAML library's error into a diagnostic with the best place
// that can be told.
func (r *reader) syntax(c chunk) {
	lines := strings.Split(strings.TrimRight(string(c.text), "\n"), "\n")
	line, problem := problemOf(c.text)
	line = min(max(line, 1), len(lines))
	column, remedy := 0, ""
	if m := errAnchor.FindStringSubmatch(problem); m != nil {
		line, column = find(lines, "*"+m[1])
	}
	if strings.HasPrefix(strings.TrimLeft(lines[line-1], " "), "%") {
		remedy = "remove the line: directives are not read"
	}
	for i := max(0, line-2); i < min(len(lines), line+1); i++ { // the tab's line or one beside it is named
		indent := lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " \t"))]
		if at := strings.IndexByte(indent, '\t'); at >= 0 {
			line, column, remedy = i+1, at+1, "indent with spaces: YAML does not allow tabs there"
			break
		}
	}
	if column == 0 {
		l := lines[line-1]
		column = len(l) - len(strings.TrimLeft(l, " ")) + 1
	}
	r.complain(CodeSyntax, int32(line+c.lines), int32(column), "not YAML: "+strings.TrimPrefix(problem, "yaml: "), remedy)
}

// problemOf gives the YAML library's complaint about text and its line. The text
// is read once more, below an empty line: of a construct that begins in the first
// line the library would tell no line.
func problemOf(text []byte) (line int, problem string) {
	_, err := decode(slices.Concat([]byte("\n"), text))
	if err == nil {
		_, err = decode(text)
	}
	if err == nil {
		return 1, "unreadable"
	}
	problem = err.Error()
	m := errLine.FindStringSubmatch(problem)
	if m == nil {
		return 1, problem
	}
	line, _ = strconv.Atoi(m[1])
	problem = problem[len(m[0]):]
	ofParser := func(p string) bool { return strings.HasPrefix(problem, p) }
	if !slices.ContainsFunc(parserProblems, ofParser) {
		line--
	}
	return line, problem
}

// find gives the place of the first word that stands in the lines, else their beginning.
func find(lines []string, word string) (line, column int) {
	for i, l := range lines {
		if at := strings.Index(l, word); at >= 0 {
			return i + 1, utf8.RuneCountInString(l[:at]) + 1
		}
	}
	return 1, 1
}
