package carry

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"time"

	"github.com/heatsync/heatsync/reconcile/live"
)

// rowsTold remembers what lists told the engine of each stack, as a hash, so that
// an unchanged list is an event without rows. It belongs to a loop's goroutine.
type rowsTold struct {
	seed maphash.Seed
	told map[string]told // by stack id
	turn uint64          // counts the tellings
}

type told struct {
	hash uint64 // 0 when no list has told it as it is
	turn uint64
}

func newRowsTold() *rowsTold {
	return &rowsTold{seed: maphash.MakeSeed(), told: map[string]told{}}
}

// begin marks the time at which a list is asked for.
func (r *rowsTold) begin() uint64 {
	r.turn++
	return r.turn
}

// changed keeps those of rows that differ from what was told, and remembers
// them.
func (r *rowsTold) changed(rows []live.Row) []live.Row {
	r.turn++
	var out []live.Row
	for _, row := range rows {
		h := r.hash(row)
		t, known := r.told[row.ID]
		if !known || t.hash != h {
			out = append(out, row)
		}
		r.told[row.ID] = told{hash: h, turn: r.turn}
		if !row.Deleted.IsZero() {
			delete(r.told, row.ID)
		}
	}
	return out
}

// looked remembers that a look showed rows. The engine takes them only while a
// cluster waits for that look, so the next list tells them again; what it may
// have taken can be gone.
func (r *rowsTold) looked(rows []live.Row) {
	r.turn++
	for _, row := range rows {
		if row.Deleted.IsZero() {
			r.told[row.ID] = told{turn: r.turn}
		} else {
			delete(r.told, row.ID)
		}
	}
}

// gone gives the ids that were told, and that a whole inventory asked for at
// begun has not shown. A stack that was told of since then may be younger than
// the inventory, so it is not gone.
func (r *rowsTold) gone(begun uint64, rows []live.Row) []string {
	shown := make(map[string]bool, len(rows))
	for _, row := range rows {
		shown[row.ID] = true
	}
	var out []string
	for id, t := range r.told {
		if !shown[id] && t.turn <= begun {
			out = append(out, id)
		}
	}
	for _, id := range out {
		delete(r.told, id)
	}
	slices.Sort(out)
	return out
}

// forget forgets ids that the engine is told are not there, so that they are told
// should they come back.
func (r *rowsTold) forget(ids []string) {
	for _, id := range ids {
		delete(r.told, id)
	}
}

// missing gives the ids that were asked for and not found.
func missing(ids []string, rows []live.Row) []string {
	shown := make(map[string]bool, len(rows))
	for _, row := range rows {
		shown[row.ID] = true
	}
	var out []string
	for _, id := range ids {
		if !shown[id] {
			out = append(out, id)
		}
	}
	return out
}

func (r *rowsTold) hash(row live.Row) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	text := func(s string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.WriteString(s)
	}
	for _, s := range []string{row.ID, row.Name, row.Status.String(), row.Reason, row.Owner, row.Project} {
		text(s)
	}
	for _, t := range []time.Time{row.Created, row.Updated, row.Deleted} {
		text(t.UTC().Format(time.RFC3339Nano))
	}
	for _, t := range row.Tags {
		text(t)
	}
	return h.Sum64() | 1 // never 0
}
