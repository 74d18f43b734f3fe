package reconcile

import (
	"testing"
	"time"
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
