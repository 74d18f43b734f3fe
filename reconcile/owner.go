package reconcile

import (
	"github.com/heatsync/heatsync/reconcile/live"
)

// ownership says which stack is a cluster's, if any.
type ownership int

const (
	ownNone     ownership = iota // no stack carries our tags or our name
	ownOne                       // one stack carries our tags
	ownUntagged                  // our name and no tags: ours only if its description says so
	ownForeign                   // our name, and somebody else's marks
	ownDouble                    // two stacks for one cluster
)

// owned is the answer to "which stack is this cluster's".
type owned struct {
	kind ownership
	row  live.Row   // of ownOne, ownUntagged, ownForeign
	all  []live.Row // of ownDouble, oldest first
}

// owner finds a cluster's stack: the one with its tags, whatever its name; else
// the one of its name. A second stack with the tags, or beside one of our own
// name a second of that name, is a double (Heat 12 and later can make two when
// two creates overlap).
func (e *Engine) owner(name string) owned {
	tagged := e.rowsOf(e.cloud.byTag[name])
	named := e.rowsOf(e.cloud.byName[e.stackName(name)])
	switch {
	case len(tagged) > 1:
		return owned{kind: ownDouble, all: tagged}
	case len(tagged) == 1 && tagged[0].Name == e.stackName(name) && len(named) > 1:
		return owned{kind: ownDouble, all: named}
	case len(tagged) == 1:
		return owned{kind: ownOne, row: tagged[0]}
	case len(named) > 1:
		return owned{kind: ownDouble, all: named}
	case len(named) == 0:
		return owned{kind: ownNone}
	}
	row := named[0]
	if m := row.Marks(); m.Marked || m.Fleet != "" || m.Cluster != "" || row.Name != e.stackName(name) {
		return owned{kind: ownForeign, row: row}
	}
	if c := e.clusters[name]; c != nil && c.Stranger == mark(row) {
		return owned{kind: ownForeign, row: row}
	}
	return owned{kind: ownUntagged, row: row}
}

// exists tells whether the owner has a stack that could be written to.
func (o owned) exists() bool { return o.kind == ownOne || o.kind == ownUntagged || o.kind == ownDouble }
