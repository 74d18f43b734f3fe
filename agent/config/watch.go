package config

import (
	"bytes"
	"context"
	"crypto/sha256"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Settle is how long a changed file must rest before it is read: editors write
// in several steps.
const settle = 100 * time.Millisecond

// recheck is how often the file is looked at where changes are not told, as on
// some network file systems.
const recheck = 30 * time.Second

// Watch calls changed from one goroutine, with the file's new content whenever
// that has become other bytes, or with why it cannot be read, until ctx ends. A
// value on nudge (SIGHUP) makes it look at once and call changed in any case.
// It blocks; losing the notifications costs half a minute, never a change.
func Watch(ctx context.Context, file string, last []byte, nudge <-chan struct{}, changed func(Config, error)) {
	w := &watcher{file: file, sum: sha256.Sum256(last), changed: changed}
	var events <-chan fsnotify.Event
	// The folder, not the file: an editor's rename puts another file in place.
	if n, err := fsnotify.NewWatcher(); err == nil {
		defer n.Close()
		if n.Add(filepath.Dir(file)) == nil {
			events = n.Events
		}
	}
	tick := time.NewTicker(recheck)
	defer tick.Stop()
	rest := time.NewTimer(0)
	<-rest.C
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			rest.Reset(settle)
		case <-rest.C:
			w.look(false)
		case <-tick.C:
			w.look(false)
		case <-nudge:
			w.look(true)
		}
	}
}

type watcher struct {
	file    string
	sum     [sha256.Size]byte
	failed  string // the read error told last
	changed func(Config, error)
}

func (w *watcher) look(always bool) {
	data, err := Read(w.file)
	if err != nil {
		if always || w.failed != err.Error() {
			w.failed = err.Error()
			w.changed(Config{}, err)
		}
		return
	}
	sum := sha256.Sum256(data)
	same := bytes.Equal(sum[:], w.sum[:]) && w.failed == ""
	w.sum, w.failed = sum, ""
	if !same || always {
		w.changed(Parse(w.file, data))
	}
}
