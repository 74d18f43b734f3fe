package reconcile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Files that cannot be read are told when they come and when all are well again, the
// first of them by name; and an orphan is not to be asked away meanwhile.
func TestUnreadableFilesAreTold(t *testing.T) {
	w := five(t)
	delete(w.files, "a.yaml")
	for i := range 25 {
		w.file(fmt.Sprintf("x%02d.yaml", i), "hello\n")
	}
	w.findings = nil
	w.run(10 * time.Minute)
	s := w.e.Status()
	if len(s.Unreadable) != mostUnreadable || s.UnreadableCount != 25 || s.Unreadable[0].File != "x00.yaml" || s.Unreadable[0].Line != 1 {
		t.Errorf("%d of %d files: %+v", len(s.Unreadable), s.UnreadableCount, s.Unreadable)
	}
	w.is("a held/orphan")
	if a := w.status("a"); strings.Contains(a.Remedy, "Absent") || !strings.Contains(a.Message, "25 files cannot be read") {
		t.Errorf("a: %s (%s)", a.Message, a.Remedy)
	}
	for i := range 25 {
		delete(w.files, fmt.Sprintf("x%02d.yaml", i))
	}
	w.run(10 * time.Minute)
	if a := w.status("a"); !strings.Contains(a.Remedy, "Absent") {
		t.Errorf("a: %s (%s)", a.Message, a.Remedy)
	}
	var told []string
	for _, f := range w.findings {
		if f.Kind == FoundUnreadable {
			told = append(told, string(f.Who)+" "+f.Message)
		}
	}
	if len(told) != 2 || !strings.HasPrefix(told[0], "author 25 files cannot be read, the first x00.yaml:1:1: ") || told[1] != " every file can be read again" {
		t.Errorf("told %q", told)
	}
}
