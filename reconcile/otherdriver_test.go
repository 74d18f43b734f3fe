package reconcile

import (
	"testing"
	"time"
)

// Whose stack it is does not depend on whether the driver that the document now
// names is up: the status says who has to act, and waits for nobody. Found by seed
// 11738 of the simulation.
func TestAStackOfAnotherDriverIsSaidWhileThatOneIsDown(t *testing.T) {
	w := newWorld(t)
	w.clusters("a")
	w.start(nil, nil).run(5 * time.Minute)
	w.is("a settled")
	w.file("template.yaml", templateDoc("base", ", driver: elsewhere"))
	w.send(DriverLost{At: w.at(), Name: "elsewhere", Fault: Fault{Code: FaultDriver, Who: Operator, Summary: `driver "elsewhere" is not running`}})
	w.push().run(time.Minute)
	w.is("a stalled/conflict")
}
