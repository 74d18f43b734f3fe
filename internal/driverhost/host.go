package driverhost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Host keeps the pinned drivers of one folder running. It is safe for concurrent use.
type Host struct {
	options Options
	changes *feed
	ctx     context.Context // ends when the host closes
	cancel  context.CancelFunc
	hurry   context.Context // ends when closing has no more time
	rush    context.CancelFunc
	running sync.WaitGroup
	ownDir  bool // the socket folder is ours to remove

	mu      sync.Mutex
	workers map[string]*worker
	files   []found
	lock    Lock
	seen    []Candidate
}

// Change tells of a driver that became ready, or that is not.
type Change struct {
	Name        string
	SHA256      string              // of a ready driver
	Description *driver.Description // of a ready driver; nil: it is not ready
	Err         *Error              // why it is not
}

// Open looks at the folder and the lock, starts every pinned driver in the
// background and goes on watching both. It fails for options that cannot be; a
// driver that does not start is told by [Host.Watch] and [Host.Candidates].
func Open(o Options) (*Host, error) {
	if o.Dir == "" || o.LockFile == "" {
		return nil, errors.New("driver host: Dir and LockFile must be set")
	}
	h := &Host{options: o.withDefaults(), changes: newFeed(), workers: map[string]*worker{}}
	if err := h.prepareSocketDir(); err != nil {
		return nil, fmt.Errorf("driver host: %w", err)
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.hurry, h.rush = context.WithCancel(context.Background())
	w, err := h.watchFiles()
	if err != nil {
		h.options.Logger.Warn("the drivers folder is looked at now and then only", "err", err.Error())
	}
	h.reconcile()
	h.running.Go(func() { h.follow(w) })
	return h, nil
}

// A socket's path holds the folder and three temporary names, ours and go-plugin's,
// and fits in 104 bytes on every system (sun_path of the BSDs; Linux has 108).
const (
	maxSocketDir = 48
	socketPrefix = "hs-"
)

// prepareSocketDir makes the folder and clears it of what a host left that was
// killed.
func (h *Host) prepareSocketDir() (err error) {
	dir := &h.options.SocketDir
	if *dir == "" {
		h.ownDir = true
		*dir, err = os.MkdirTemp("", "heatsync-")
	} else if err = os.MkdirAll(*dir, 0o700); err == nil {
		*dir, err = filepath.Abs(*dir)
	}
	if err != nil {
		return err
	}
	if len(*dir) > maxSocketDir {
		return fmt.Errorf("socket folder %q is longer than %d bytes", *dir, maxSocketDir)
	}
	left, err := filepath.Glob(filepath.Join(*dir, socketPrefix+"*"))
	for _, path := range append(left, h.store()) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return errors.Join(err, os.Chmod(*dir, 0o700))
}

// store is where copies of drivers go that the system does not run from memory.
func (h *Host) store() string { return filepath.Join(h.options.SocketDir, "store") }

// reconcile holds folder and lock against each other and aims every worker.
func (h *Host) reconcile() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return
	}
	files, err := scan(h.options.Dir, h.files)
	if err != nil {
		h.options.Logger.Error("the drivers folder cannot be read", "err", err.Error())
	}
	h.files = files
	lockErr := h.readLock()
	h.seen = survey(h.options.Dir, files, h.lock, lockErr)
	targets := map[string]target{}
	for _, c := range h.seen {
		if c.Name == "" {
			continue
		}
		if t, ok := targets[c.Name]; ok && t.err != nil {
			continue // the first of two says what is wrong with both
		}
		targets[c.Name] = target{name: c.Name, path: c.Path, sha256: c.SHA256, err: c.Err}
	}
	for name := range h.workers {
		if _, ok := targets[name]; !ok {
			targets[name] = target{name: name, err: h.missing(name)}
		}
	}
	for _, t := range targets {
		h.aim(t)
	}
}

// readLock keeps the last lock that could be read. One that is gone pins nothing.
func (h *Host) readLock() error {
	lock, err := ReadLock(h.options.LockFile)
	switch {
	case err == nil || errors.Is(err, fs.ErrNotExist):
		h.lock = lock
		return nil
	case h.lock.Version != 0:
		h.options.Logger.Error("the drivers lock cannot be read, the last one stays in force", "err", err.Error())
		return nil
	default:
		return err
	}
}

func (h *Host) aim(t target) {
	if w, ok := h.workers[t.name]; ok {
		pinned := ""
		if i := slices.IndexFunc(h.lock.Drivers, func(p Pin) bool { return p.Name == t.name }); i >= 0 {
			pinned = h.lock.Drivers[i].SHA256
		}
		w.aim(t, pinned)
		return
	}
	w := newWorker(h, t)
	h.workers[t.name] = w
	h.running.Go(func() { w.run(h.ctx) })
}

func (h *Host) missing(name string) *Error {
	return &Error{
		Driver: name, Reason: Missing, Detail: fmt.Sprintf("there is no such driver in %q", h.options.Dir),
		Remedy: "install it, then " + lockAgain(h.options.Dir),
	}
}

// Candidates tells of each file that looks like a driver, and each pin without a
// file, by path.
func (h *Host) Candidates() []Candidate {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := slices.Clone(h.seen)
	for i, c := range out {
		w, ok := h.workers[c.Name]
		if !ok {
			continue
		}
		w.mu.Lock()
		s := w.state
		w.mu.Unlock()
		switch {
		case s.session != nil && s.session.sha256 == c.SHA256:
			out[i].Running, out[i].Version = true, s.session.description.Version
		case c.Err == nil && s.err != nil:
			out[i].Err, out[i].WillRun = s.err, !s.err.lasting()
		}
	}
	return out
}

// Driver gives the handle of a driver, running or not. The error, for a name that
// no file and no pin has, is an *[Error] with the reason Missing.
func (h *Host) Driver(name string) (*Handle, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w, ok := h.workers[name]
	if !ok {
		return nil, h.missing(name)
	}
	return &Handle{worker: w, timing: h.options.Timing, observer: h.options.Observer}, nil
}

// Watch gives every change from the beginning on, in order, to one reader; it is
// closed when the host is. A slow reader blocks nobody.
func (h *Host) Watch() <-chan Change { return h.changes.out }

// Close stops every driver: running calls may end for as long as the timing's Drain
// and ctx allow. It returns when all processes are gone, and may be called again.
func (h *Host) Close(ctx context.Context) error {
	h.cancel()
	defer context.AfterFunc(ctx, h.rush)()
	h.running.Wait()
	h.rush()
	h.changes.close()
	if h.ownDir {
		return os.RemoveAll(h.options.SocketDir)
	}
	return nil
}
