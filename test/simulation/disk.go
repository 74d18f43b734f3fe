package simulation

import (
	"encoding/json"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile"
)

// disk is an agent's state folder.
type disk struct {
	hints []byte // nil: none, or damaged
	older []byte // what was there before
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
	var h reconcile.Hints
	if err := json.Unmarshal(d.hints, &h); err != nil {
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
	raw, err := json.Marshal(h)
	if err != nil {
		return false
	}
	d.older, d.hints = d.hints, raw
	return true
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
			var h reconcile.Hints
			if json.Unmarshal(d.older, &h) == nil {
				h.Clean = false // a copy of a running agent's folder
				d.hints, _ = json.Marshal(h)
			}
		}
	}
}
