package gitsource

import (
	"strings"
	"unicode"
)

// complaint turns what a Git server says in words into a fault. A server says
// more than one line: banners, frames and the noise of a login shell stand
// around the one that tells, and only that one is passed on.
func complaint(loc location, text string) error {
	lines := spoken(text)
	for _, line := range lines {
		if f := known(loc, line); f != nil {
			return f
		}
	}
	return fault(Protocol, nil, "repository %q: the server says %q", loc, lines[0])
}

// known is the fault that a line tells of, or nil. The words are git's own and
// those of the large hosts.
func known(loc location, line string) *Error {
	low := strings.ToLower(line)
	says := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(low, word) {
				return true
			}
		}
		return false
	}
	switch {
	case says("not our ref", "no such commit"):
		return fault(CommitGone, nil, "repository %q does not give out the commit: %s", loc, line)
	case says("not found", "does not appear to be a git repository", "no such repository", "does not exist",
		"not a git repository", "could not be found"):
		return fault(RepositoryGone, nil, "repository %q is not there or not to be seen: %s", loc, line)
	case says("denied", "permission", "not authorized", "unauthorized"):
		return fault(AuthRefused, nil, "repository %q refuses access: %s", loc, line)
	}
	return nil
}

// spoken are the lines of a text that hold words, without the mark that git
// puts before what a server says; where none does, the first line as it is.
func spoken(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = excerpt(strings.TrimPrefix(strings.TrimSpace(line), "remote:"))
		if strings.ContainsFunc(line, unicode.IsLetter) {
			lines = append(lines, line)
		}
	}
	if lines == nil {
		return []string{excerpt(text)}
	}
	return lines
}

// excerpt is the first line of a server's words, short enough for a message.
func excerpt(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return ' '
		}
		return r
	}, s)
	const most = 120
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}
