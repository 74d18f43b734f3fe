package driverhost

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/heatsync/heatsync/plugins/driver"
)

// watchFiles watches the folders of the drivers and of the lock: a file that is
// replaced by a rename is another one, so files cannot be watched themselves.
func (h *Host) watchFiles() (*fsnotify.Watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return w, errors.Join(w.Add(h.options.Dir), w.Add(filepath.Dir(h.options.LockFile)))
}

// follow looks again when a change has settled, and now and then in any case: a
// folder that is made anew loses its watch.
func (h *Host) follow(w *fsnotify.Watcher) {
	var events <-chan fsnotify.Event
	var failures <-chan error
	if w != nil {
		defer w.Close()
		events, failures = w.Events, w.Errors
	}
	settle := time.NewTimer(h.options.Timing.Rescan)
	defer settle.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case e := <-events:
			if h.concerns(e.Name) {
				settle.Reset(h.options.Timing.Settle)
			}
		case <-failures: // events were lost
			settle.Reset(h.options.Timing.Settle)
		case <-settle.C:
			h.reconcile()
			settle.Reset(h.options.Timing.Rescan)
		}
	}
}

func (h *Host) concerns(path string) bool {
	base := filepath.Base(path)
	return strings.HasPrefix(base, driver.FilePrefix) || base == filepath.Base(h.options.LockFile)
}
