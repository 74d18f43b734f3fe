package simulation

import "time"

// Dense has as much happen to a small fleet as can be told apart: where mutants
// are hunted, what meets nothing else proves little.
var Dense = Size{Clusters: 6, Acts: 60, Busy: 40 * time.Minute, Tight: true}
