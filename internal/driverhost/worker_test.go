package driverhost

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A file that was away when its bytes were to be read, as between two steps of an
// installation, is read once it is back: for folder and lock nothing has changed.
func TestWhatCouldNotBeLoadedIsTriedAgain(t *testing.T) {
	f := newFolder(t, "toy")
	sum, away := f.sum("toy"), filepath.Join(t.TempDir(), "away")
	if err := os.Rename(f.path("toy"), away); err != nil {
		t.Fatal(err)
	}
	h := f.open(func(o *Options) { o.Timing.Rescan = 50 * time.Millisecond })
	h.mu.Lock()
	h.aim(target{name: "toy", path: f.path("toy"), sha256: sum})
	h.mu.Unlock()
	d := handle(t, h, "toy")
	waitFor(t, func() bool { _, _, err := d.Describe(t.Context()); return has(err, Unreadable) })
	if err := os.Rename(away, f.path("toy")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { _, _, err := d.Describe(t.Context()); return err == nil })
}
