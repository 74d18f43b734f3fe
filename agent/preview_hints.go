package agent

import (
	"errors"
	"io/fs"

	"github.com/heatsync/heatsync/reconcile"
)

// glance reads the hints of one fleet and leaves the state folder as it is: it may be
// a running agent's, or one that only the agent's user may read. Without hints the
// agent would not have them either; what else stands in the way is the note.
func glance(stateDir, fleet string) (*reconcile.Hints, string) {
	h, err := state{dir: stateDir}.hints(fleet).read()
	switch {
	case err == nil:
		return &h, ""
	case errors.Is(err, fs.ErrNotExist):
		return nil, ""
	}
	return nil, "a pause and a driver-change are not seen, for this plan cannot read the agent's " + err.Error()
}
