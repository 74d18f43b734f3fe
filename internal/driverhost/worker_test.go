package driverhost

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
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

// A call that has its process and is late on the way to it, as on a busy machine,
// is turned away by a process that is to stop, and goes to the next one. It is not
// taken for one that broke, which in a step would be ambiguous.
func TestACallThatMeetsAStopGoesToTheNextProcess(t *testing.T) {
	f := newFolder(t, "toy")
	h := f.open(func(o *Options) { o.Timing.Drain = 20 * time.Second })
	d := handle(t, h, "toy")
	first, err := d.worker.session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.install("toy", "2")
	calls := 0
	_, err = ask(t.Context(), d, "Render", "fine", time.Minute, checkRendered, func(ctx context.Context, c *driver.Client) (driver.Rendered, error) {
		if calls++; calls == 1 {
			f.pin()
			if first.runner.process.wait(2 * time.Second) {
				t.Error("the process was ended with a call on its way")
			}
		}
		return c.Render(ctx, render("fine"))
	})
	if err != nil || calls != 2 {
		t.Errorf("after %d calls: %v", calls, err)
	}
	if _, ok := first.begin("Render fine"); ok {
		t.Error("a call begins with a process that was stopped")
	}
}
