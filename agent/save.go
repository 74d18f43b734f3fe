package agent

import (
	"sync"

	"github.com/heatsync/heatsync/reconcile"
)

// numberedHints are hints with their place in time: they are written by more
// than one goroutine, and an older one must not undo a pause.
type numberedHints struct {
	seq   uint64
	hints reconcile.Hints
}

// number takes the engine's hints, on the loop's goroutine.
func (l *loop) number() numberedHints {
	l.saveSeq++
	h := l.engine.Hints()
	if h.Cloud == "" {
		h.Cloud = l.knownCloud // not learnt in this run: what was known stays
	}
	return numberedHints{seq: l.saveSeq, hints: h}
}

// save hands changed hints to the goroutine that writes them, unless that is
// still busy: a slow disk holds up no fleet.
func (l *loop) save() {
	if !l.dirty || l.hints == nil || len(l.saving) > 0 {
		return
	}
	l.saving <- l.number()
	l.dirty = false
}

// keepSaving writes hints until l.saving is closed; the returned channel is
// closed when the last write is over.
func (l *loop) keepSaving() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for h := range l.saving {
			_ = l.saveNow(h)
		}
	}()
	return done
}

// saveNow writes the hints of a running agent, from any goroutine.
func (l *loop) saveNow(h numberedHints) error {
	h.hints.Clean = false
	return l.writeHints(h)
}

// saveLast writes the hints of a stopped loop.
func (l *loop) saveLast() {
	if l.hints == nil {
		return
	}
	h := l.number()
	h.hints.Clean = h.hints.Clean && l.clean()
	_ = l.writeHints(h)
}

func (l *loop) writeHints(h numberedHints) error {
	err := l.hints.write(h.seq, h.hints)
	l.tellState(err)
	return err
}

// stateErr is what stands in the way of keeping hints, told once.
type stateErr struct {
	mu   sync.Mutex
	text string
}

// tellState logs that hints cannot be kept, or can be again. Nothing else
// depends on it; [reconcile.Hints] says what a restart without them costs.
func (l *loop) tellState(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	l.stateErr.mu.Lock()
	defer l.stateErr.mu.Unlock()
	if text == l.stateErr.text {
		return
	}
	l.stateErr.text = text
	if err != nil {
		l.log.Error("hints cannot be kept: the fleet goes on without, and its next start takes longer", keyErr, err,
			keyRemedy, "free space in the state folder and let the agent write to it")
		return
	}
	l.log.Info("hints are kept again")
}

// stateFault gives what stands in the way of keeping hints, "" for nothing.
func (l *loop) stateFault() string {
	l.stateErr.mu.Lock()
	defer l.stateErr.mu.Unlock()
	return l.stateErr.text
}
