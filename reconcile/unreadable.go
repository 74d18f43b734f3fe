package reconcile

import (
	"fmt"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// mostUnreadable is how many unreadable files a status tells one by one.
const mostUnreadable = 20

// UnreadableFile is a file of the revision in force in which something cannot be
// understood, with the first thing that is wrong.
type UnreadableFile struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

// String gives "file:line:column: message" as one plain line.
func (f UnreadableFile) String() string {
	if f.Line == 0 {
		return spec.Plain(f.File + ": " + f.Message)
	}
	return spec.Plain(fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message))
}

func unreadableFile(f *spec.File) UnreadableFile {
	d := f.First()
	out := UnreadableFile{File: d.Path, Line: d.Line, Column: d.Column, Message: d.Summary, Remedy: spec.Plain(d.Remedy)}
	if d.Field != "" {
		out.Message = d.Field + ": " + d.Summary
	}
	return out
}

// unreadable tells the first files that cannot be read, and how many there are.
func (s *source) unreadable() ([]UnreadableFile, int) {
	broken := s.set.Broken()
	var out []UnreadableFile
	for _, f := range broken[:min(len(broken), mostUnreadable)] {
		out = append(out, unreadableFile(f))
	}
	return out, len(broken)
}

// unreadableText sums them up in one line, "" for none.
func (s *source) unreadableText() string { return unreadableText(s.unreadable()) }

// UnreadableText sums up in one line the files that cannot be read, "" for none.
func (f FleetStatus) UnreadableText() string { return unreadableText(f.Unreadable, f.UnreadableCount) }

func unreadableText(files []UnreadableFile, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 file cannot be read: " + files[0].String()
	}
	return fmt.Sprintf("%d files cannot be read, the first %s", n, files[0])
}

// tellUnreadable says when other files than before cannot be read, or all can be
// again. What is said of orphans depends on it.
func (e *Engine) tellUnreadable() {
	text := e.source.unreadableText()
	if text == e.source.unread {
		return
	}
	e.source.unread = text
	f := Finding{Kind: FoundUnreadable, Revision: e.source.revision, Message: "every file can be read again"}
	if text != "" {
		f.Code, f.Who, f.Message, f.Remedy = HeldUnreadable, Author, text, "mend the files; status and plan list them"
	}
	e.find(f)
	for name, c := range e.clusters {
		if c.Said.Code == HeldOrphan {
			e.touch(name)
		}
	}
}
