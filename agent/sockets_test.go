package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSocketFolder(t *testing.T) {
	temp, err := os.MkdirTemp("/tmp", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	long := "/var/lib/" + strings.Repeat("x", socketPath) + "/run"
	folder := func(wanted string) string {
		t.Helper()
		dir, _, err := socketFolder(wanted)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if got := folder("/run/heatsync"); got != "/run/heatsync" {
		t.Errorf("a short one: %s", got)
	}
	// Killed again and again, an agent leaves one folder.
	first := folder(long)
	if second := folder(long); second != first || filepath.Dir(first) != temp {
		t.Errorf("%s, then %s", first, second)
	}
	if other := folder(long + "2"); other == first {
		t.Error("two agents share a folder")
	}
	// One that others may write to is not taken.
	if err := os.Chmod(first, 0o777); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	if got := folder(long); got == first {
		t.Error("a folder open to all was taken")
	}
	link := folder(long + "3")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(first, link); err != nil {
		t.Fatal(err)
	}
	if got := folder(long + "3"); got == link {
		t.Error("a link was followed")
	}
	dir, discard, err := socketFolder("")
	if err != nil {
		t.Fatal(err)
	}
	discard()
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("not discarded: %v", err)
	}
}
