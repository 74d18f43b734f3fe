package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// screen writes for people: plain lines, and on a terminal one more that is
// overwritten. It is safe for concurrent use.
type screen struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	color    bool
	open     bool // the overwritten line stands
}

const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
	faint  = "2"
)

// paint wraps text in a colour where colours are wanted.
func (s *screen) paint(color, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (s *screen) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprintf(s.out, format+"\n", args...)
}

func (s *screen) clear() {
	if s.open {
		fmt.Fprint(s.out, "\r\x1b[K")
		s.open = false
	}
}

// progress shows a line that the next one overwrites; nothing off a terminal.
func (s *screen) progress(text string) {
	if !s.terminal {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprint(s.out, s.paint(faint, cut(text, 79)))
	s.open = true
}

func (s *screen) step(n, of int, title, why string) {
	s.line("\n%s", s.paint(bold, fmt.Sprintf("%d/%d  %s", n, of, title)))
	if why != "" {
		s.line("     %s", why)
	}
}

func (s *screen) commit(hash, subject string, lines []diffLine) {
	s.line("  commit %.7s: %s", hash, subject)
	for _, l := range lines {
		switch l.sign {
		case '+':
			s.line("      %s", s.paint(green, "+ "+l.text))
		case '-':
			s.line("      %s", s.paint(red, "- "+l.text))
		default:
			s.line("    %s", l.text)
		}
	}
}

// event tells what the agent did, with the seconds since the step began.
func (s *screen) event(since time.Duration, e event) {
	text := e.about()
	if text == "" {
		return
	}
	who := e.Cluster
	if who == "" {
		who = "fleet"
	}
	if e.Level == "WARN" || e.Level == "ERROR" {
		text = s.paint(yellow, text)
	}
	s.line("  %5.1fs  %-5s %s", since.Seconds(), who, text)
}

func (s *screen) check(c Check) {
	if c.OK {
		s.line("  %s %s: %s", s.paint(green, "ok  "), c.Name, c.Detail)
		return
	}
	s.line("  %s %s: %s", s.paint(red, "FAIL"), c.Name, c.Detail)
}

// cut shortens a line to n characters.
func cut(text string, n int) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
