// Package plan holds what stands between what is desired and what is live:
// named changes, ordered steps, and the guards over a whole fleet's plans.
//
// The central type is [Plan], one cluster's answer from its driver. The guards
// ([Deletions], [Creations], [Vanished]) are functions over counts: they refuse
// and say why, and never look at anything else. The package decides nothing
// about order or time; that is the engine's (package reconcile).
package plan
