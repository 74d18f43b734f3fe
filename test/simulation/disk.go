package simulation

import (
	"encoding/json"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile"
)

// disk is an agent's state folder. Files are written far more often than they are
// read, so they become text when they are.
type disk struct {
	hints *reconcile.Hints // nil: none, or damaged
	older *reconcile.Hints // what was there before
	good  *gitsource.Snapshot
	full  bool
}

// take reads the hints and marks them at once as not clean, as the agent does: if
// that cannot be written, Clean is not believed.
func (d *disk) take() *reconcile.Hints {
	if d.hints == nil {
		d.write(reconcile.Hints{})
		return nil
	}
	h, ok := read(d.hints)
	if !ok {
		return nil
	}
	clean := h.Clean
	h.Clean = false
	if !d.write(h) {
		return &h
	}
	h.Clean = clean
	return &h
}

func (d *disk) write(h reconcile.Hints) bool {
	if d.full {
		return false
	}
	d.older, d.hints = d.hints, &h
	return true
}

// read gives what comes back of hints that were written.
func read(file *reconcile.Hints) (h reconcile.Hints, ok bool) {
	raw, err := json.Marshal(file)
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	return h, err == nil
}

// lose is what becomes of a state folder.
type lose int

const (
	loseNothing lose = iota
	loseAll
	loseHalf // the file was half written: its checksum is wrong
	loseLast // an older copy came back
	loseWays = iota
)

func (d *disk) after(l lose) {
	switch l {
	case loseAll:
		d.hints, d.older, d.good = nil, nil, nil
	case loseHalf:
		d.hints = nil
	case loseLast:
		if d.older != nil {
			h := *d.older
			h.Clean = false // a copy of a running agent's folder
			d.hints = &h
		}
	}
}
