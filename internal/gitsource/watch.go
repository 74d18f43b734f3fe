package gitsource

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watch tells that something below a folder has changed. fsnotify watches
// single folders, so each folder below gets a watch of its own, and so does the
// folder's parent, to see it appear.
type watch struct {
	dir     string
	opts    FolderOptions
	changed chan struct{}
	events  *fsnotify.Watcher
	ended   chan struct{}
	once    sync.Once
}

func startWatch(dir string, opts FolderOptions) (*watch, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watch{dir: dir, opts: opts, changed: make(chan struct{}, 1), events: events, ended: make(chan struct{})}
	w.cover()
	go w.run()
	return w, nil
}

// cover puts a watch on every folder there is now. What cannot be watched
// (a limit, a right) is left to the caller's own interval.
func (w *watch) cover() {
	if err := w.events.Add(filepath.Dir(w.dir)); err != nil {
		w.opts.Logger.Debug("folder is not watched", "dir", filepath.Dir(w.dir), "err", err)
	}
	w.coverBelow(w.dir)
}

func (w *watch) coverBelow(top string) {
	_ = filepath.WalkDir(top, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil
		}
		if name != w.dir && hidden(e.Name()) {
			return filepath.SkipDir
		}
		if err := w.events.Add(name); err != nil {
			w.opts.Logger.Debug("folder is not watched", "dir", name, "err", err)
		}
		return nil
	})
}

// run gathers events: the first one starts the debounce, and whatever comes
// while that runs is told with it. An endless stream of events is told once
// per debounce.
func (w *watch) run() {
	defer close(w.ended)
	var due <-chan time.Time
	for {
		select {
		case e, ok := <-w.events.Events:
			if !ok {
				return
			}
			if w.counts(e) && due == nil {
				due = w.opts.After(w.opts.Debounce)
			}
		case _, ok := <-w.events.Errors:
			if !ok {
				return
			}
			// Events were lost (a queue ran over): something did change.
			if due == nil {
				due = w.opts.After(w.opts.Debounce)
			}
		case <-due:
			due = nil
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}
}

// counts leaves out the parent's other entries, and puts a watch on a folder
// that is new.
func (w *watch) counts(e fsnotify.Event) bool {
	if filepath.Dir(e.Name) == filepath.Dir(w.dir) && e.Name != w.dir {
		return false
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Lstat(e.Name); err == nil && info.IsDir() {
			w.coverBelow(e.Name)
		}
	}
	return true
}

func (w *watch) close() error {
	var err error
	w.once.Do(func() {
		err = w.events.Close()
		<-w.ended
	})
	return err
}
