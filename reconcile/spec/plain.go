package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Plain makes text that people wrote, names of files among it, one line that a
// terminal shows and does not obey: what is not printable is written as in Go, for
// instance \x1b or \n.
func Plain(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if plainRune(r, n) {
			b.WriteString(text[:n])
		} else {
			quoted := strconv.Quote(text[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	return b.String()
}

func isPlain(text string) bool {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !plainRune(r, n) {
			return false
		}
		i += n
	}
	return true
}

func plainRune(r rune, width int) bool {
	return strconv.IsPrint(r) && (r != utf8.RuneError || width > 1)
}
