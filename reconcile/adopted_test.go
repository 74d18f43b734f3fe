package reconcile

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A stack that was just adopted is looked for by its own name: Heat knows no id
// under another.
func TestAdoptedStackIsLookedForByItsName(t *testing.T) {
	w := five(t)
	w.make("payments-x7f", nil, "x", "")
	w.run(10 * time.Minute)
	w.file("x.yaml", clusterDoc("x", ", adopt: {stack: payments-x7f}"))
	w.push().run(30 * time.Second)
	w.wrote("adopt x", "update x")
	w.is("x settled")
}

// The index of the stacks asked for is after any edits what it would be made afresh.
func TestIndexOfAdopters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	w := five(t)
	for range 300 {
		name := fmt.Sprintf("x%d", r.IntN(6))
		switch r.IntN(5) {
		case 0:
			delete(w.files, name+".yaml")
		case 1:
			w.file(name+".yaml", clusterDoc(name, ""))
		case 2:
			w.file(name+".yaml", "spec: [\n")
		default:
			w.file(name+".yaml", clusterDoc(name, fmt.Sprintf(", adopt: {stack: %s-%d}", []string{"old", "Old"}[r.IntN(2)], r.IntN(3))))
		}
		w.push()
		data, err := w.e.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := Restore(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh.source.adopting, w.e.source.adopting) + cmp.Diff(fresh.source.adopts, w.e.source.adopts); diff != "" {
			t.Fatalf("the index (-made afresh +kept):\n%s", diff)
		}
	}
	if len(w.e.source.adopting) == 0 {
		t.Error("nobody asks")
	}
}
