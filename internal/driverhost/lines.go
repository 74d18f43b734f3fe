package driverhost

import (
	"bytes"
	"strings"
	"sync"
)

// lines is a writer that hands on whole lines, each cut at a limit.
type lines struct {
	limit int
	each  func(string)

	mu   sync.Mutex
	line []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, whole := bytes.Cut(rest, []byte{'\n'})
		if room := l.limit - len(l.line); room > 0 {
			l.line = append(l.line, part[:min(room, len(part))]...)
		}
		if whole {
			l.flush()
		}
		rest = after
	}
	return len(p), nil
}

func (l *lines) flush() {
	text := strings.ToValidUTF8(strings.TrimRight(string(l.line), "\r"), "\uFFFD")
	l.line = l.line[:0]
	if text != "" {
		l.each(text)
	}
}

// end hands on a last line that has no end.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}
