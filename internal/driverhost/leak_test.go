//go:build linux

package driverhost

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// A driver that is restarted for ever costs no descriptor and no goroutine.
// go-plugin keeps neither once its Kill has run after the process's end.
func TestRestartsLeaveNothingBehind(t *testing.T) {
	const rounds = restarts
	f := newFolder(t, "toy")
	h := f.open(func(o *Options) {
		o.Timing.Backoff, o.Timing.Longest, o.Timing.Crashes = time.Microsecond, time.Microsecond, rounds+100
	})
	d := handle(t, h, "toy")
	crash := func() {
		_, _ = d.Render(t.Context(), render("die"))
		waitFor(t, func() bool { _, err := d.Render(t.Context(), render("fine")); return err == nil })
	}
	for range 10 {
		crash()
	}
	goroutines, descriptors := runtime.NumGoroutine(), countDescriptors(t)
	began := time.Now()
	for range rounds {
		crash()
	}
	t.Logf("%d restarts, %s each", rounds, time.Since(began)/rounds)
	waitFor(t, func() bool { return runtime.NumGoroutine() <= goroutines+5 && countDescriptors(t) <= descriptors+2 })
	t.Logf("goroutines %d then %d, descriptors %d then %d", goroutines, runtime.NumGoroutine(), descriptors, countDescriptors(t))

	left, err := os.ReadDir(h.options.SocketDir)
	if err != nil || len(left) > 1 {
		t.Errorf("%d socket folders are left (%v)", len(left), err)
	}
	if n := len(d.Crashes()); n > keptCrashes {
		t.Errorf("%d crashes are kept", n)
	}
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
