package carry

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	// consoleTold is how many lines are told.
	consoleTold = 3
	// consoleLine bounds a line that is told, in characters.
	consoleLine = 240
	// consoleMark begins what a driver's own boot script says.
	consoleMark = "heatsync: "
)

// lastSaid is the end of a console on one line: what a boot script of a driver says
// where there is any of it, else whatever came last.
func lastSaid(text string) string {
	var all, marked []string
	for line := range strings.Lines(text) {
		line = readable(line)
		if line == "" {
			continue
		}
		all = append(all, line)
		if i := strings.Index(line, consoleMark); i >= 0 {
			marked = append(marked, line[i+len(consoleMark):])
		}
	}
	if len(marked) > 0 {
		all = marked
	}
	all = all[max(0, len(all)-consoleTold):]
	for i, line := range all {
		all[i] = clipped(hidden(line))
	}
	return strings.Join(all, " | ")
}

var escape = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")

// readable takes what moves a cursor out of a line.
func readable(line string) string {
	line = escape.ReplaceAllString(strings.ToValidUTF8(line, ""), "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, line))
}

// secretly are the shapes that secrets have on a console: a kubeadm token, what
// follows a telling word, and any long run of base64 or hex.
var secretly = []struct {
	shape *regexp.Regexp
	put   string
}{
	{regexp.MustCompile(`\b[a-z0-9]{6}\.[a-z0-9]{16}\b`), "<hidden>"},
	{regexp.MustCompile(`(?i)(passw(?:or)?d|secret|token|key)(["']?\s*[=:]\s*)\S+`), "$1$2<hidden>"},
	{regexp.MustCompile(`[A-Za-z0-9+/=_]{40,}`), "<hidden>"},
}

func hidden(line string) string {
	for _, s := range secretly {
		line = s.shape.ReplaceAllString(line, s.put)
	}
	return line
}

func clipped(line string) string {
	if r := []rune(line); len(r) > consoleLine {
		return string(r[:consoleLine]) + "…"
	}
	return line
}
