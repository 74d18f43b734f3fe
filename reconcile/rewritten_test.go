package reconcile

import (
	"strings"
	"testing"
	"time"
)

// Rewritten history is taken as any revision, told once, and shown until the next
// revision is in force.
func TestRewrittenHistoryIsTold(t *testing.T) {
	w := five(t)
	w.former = "c0ffee"
	w.file("a.yaml", clusterDoc("a", ", flavor: big"))
	w.push().run(time.Hour)
	w.wrote("update a")
	told := 0
	for _, f := range w.findings {
		if f.Kind == FoundRewritten {
			told++
			if f.Revision != w.e.Status().Revision || f.Who != Author || f.Remedy == "" || !strings.Contains(f.Message, "does not descend from c0ffee") {
				t.Errorf("%+v", f)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	notice := w.e.Status().SourceNotice
	if !strings.Contains(notice, "does not descend from c0ffee") {
		t.Errorf("notice %q", notice)
	}
	data, err := w.e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Restore(data)
	if err != nil || again.Status().SourceNotice != notice {
		t.Errorf("restored: %q, %v", again.Status().SourceNotice, err)
	}
	w.former = ""
	w.file("a.yaml", clusterDoc("a", ""))
	w.push().run(time.Hour)
	if s := w.e.Status(); s.SourceNotice != "" {
		t.Errorf("at %s: %q", s.Revision, s.SourceNotice)
	}
}
