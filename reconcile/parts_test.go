package reconcile

import (
	"testing"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// A cache between us and Heat shows a stack as it was before its update: what is read
// of it is not taken for what is there now. Once may be a stack that moved on between
// list and show; twice is told.
func TestPartsOfAnotherStateAreNotUsed(t *testing.T) {
	for name, times := range map[string]int{"once": 1, "for a while": 1 << 30} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start(nil, &Hints{Clean: true}).run(time.Minute)
			w.clusters("a")
			w.push().run(time.Minute)
			w.is("a settled")
			left := times
			w.onParts = func(p *live.Parts) {
				if left--; left >= 0 {
					p.Status, p.Updated = live.ParseStatus("CREATE_COMPLETE"), time.Time{}
					p.Parameters = map[string]string{"params": "as it was"}
				}
			}
			w.file("a.yaml", clusterDoc("a", ", flavor: big"))
			before := w.commands["reconcile.ReadParts"]
			w.push().run(2 * time.Minute)
			if times == 1 {
				w.is("a settled")
				return
			}
			w.is("a retrying/unavailable")
			if n := w.commands["reconcile.ReadParts"] - before; n < 3 || n > 9 {
				t.Errorf("the parts were read %d times in two minutes", n)
			}
			left = 0
			w.run(10 * time.Minute)
			w.is("a settled")
		})
	}
}
