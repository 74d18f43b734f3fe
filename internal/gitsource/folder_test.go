package gitsource

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// handClock is a clock that moves when a test says so.
type handClock struct {
	asked chan time.Duration
	fire  chan time.Time
}

func newHandClock() *handClock {
	return &handClock{asked: make(chan time.Duration, 100), fire: make(chan time.Time)}
}

func (c *handClock) after(d time.Duration) <-chan time.Time {
	c.asked <- d
	return c.fire
}

func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

func mustOpenFolder(t *testing.T, dir string, o FolderOptions) *Folder {
	t.Helper()
	f, err := OpenFolder(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"a.yaml": "a: 1", "sub/b.yml": "b: 1", "c.txt": "c", ".git/x.yaml": "x", "draft.yaml": "d", ".heatsyncignore": "draft.yaml\n",
	})
	f := mustOpenFolder(t, dir, FolderOptions{})
	one, changed, err := f.Latest(t.Context())
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if d := cmp.Diff(map[string]string{"a.yaml": "a: 1", "sub/b.yml": "b: 1"}, contents(t, one)); d != "" {
		t.Fatal(d)
	}
	if !strings.HasPrefix(one.Revision().ID, "dir-") {
		t.Fatalf("revision %q", one.Revision().ID)
	}
	if again, changed, err := f.Latest(t.Context()); err != nil || changed || again != one {
		t.Fatal(changed, err)
	}
	writeFiles(t, dir, map[string]string{"a.yaml": "a: 2"})
	two, changed, err := f.Latest(t.Context())
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	diff, removed := Diff(one, two)
	if len(diff) != 1 || diff[0].Path != "a.yaml" || len(removed) != 0 {
		t.Fatal(diff, removed)
	}
	if contents(t, one)["a.yaml"] != "a: 1" {
		t.Fatal("a snapshot has changed with its folder")
	}
	if err := f.Accept(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if good, ok := f.LastGood(); !ok || good != two {
		t.Fatal("last good")
	}
	if f.Accept(t.Context(), nil) == nil {
		t.Fatal("nothing is accepted")
	}
}

// Equal files under other names, or in another folder, are told apart by path
// and not by where the folder is.
func TestFolderRevision(t *testing.T) {
	id := func(files map[string]string) string {
		dir := t.TempDir()
		writeFiles(t, dir, files)
		s, err := ReadFolder(t.Context(), dir, FolderOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s.Revision().ID
	}
	if id(map[string]string{"a.yaml": "x"}) != id(map[string]string{"a.yaml": "x", "b.txt": "y"}) {
		t.Error("a file that does not count changes the revision")
	}
	if id(map[string]string{"a.yaml": "x"}) == id(map[string]string{"b.yaml": "x"}) {
		t.Error("a renamed file keeps the revision")
	}
}

func TestFolderHashesAsGitDoes(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	fromGit, _ := mustLatest(t, mustOpen(t, testOptions(t, "file://"+u.bare)))
	fromFolder, err := ReadFolder(t.Context(), u.work, FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(fromGit.Blobs(), fromFolder.Blobs()); d != "" {
		t.Fatal(d)
	}
}

func TestFolderFaults(t *testing.T) {
	base := t.TempDir()
	writeFiles(t, base, map[string]string{
		"empty/x.txt": "x", "file": "x", "ignore/.heatsyncignore": strings.Repeat("a", 101),
		"many/1.yaml": "1", "many/2.yaml": "2", "many/3.yaml": "3", "lfs/a.yaml": "a", "lfs/.heatsyncignore": "version https://git-lfs.github.com/spec/v1\noid",
	})
	for _, c := range []struct {
		dir  string
		set  func(*FolderOptions)
		want Reason
	}{
		{"none", nil, FolderUnreadable},
		{"file", nil, FolderUnreadable},
		{"empty", nil, NoYAML},
		{"ignore", nil, FileTooBig},
		{"many", nil, TooManyFiles},
		{"many", func(o *FolderOptions) { o.MaxFiles, o.MaxBytes = 3, 2 }, RepositoryTooBig},
		{"lfs", nil, LFSPointer},
	} {
		t.Run(c.dir, func(t *testing.T) {
			o := FolderOptions{MaxFileBytes: 100, MaxFiles: 2}
			if c.set != nil {
				c.set(&o)
			}
			_, _, err := mustOpenFolder(t, filepath.Join(base, c.dir), o).Latest(t.Context())
			wantReason(t, err, c.want)
		})
	}
}

func TestFolderLinks(t *testing.T) {
	base := t.TempDir()
	writeFiles(t, base, map[string]string{
		"outside.yaml": "secret", "dir/..data/mounted.yaml": "m", "dir/sub/s.yaml": "s",
	})
	dir := filepath.Join(base, "dir")
	for link, to := range map[string]string{
		"mounted.yaml": "..data/mounted.yaml", // as Kubernetes mounts a ConfigMap
		"out.yaml":     "../outside.yaml", "abs.yaml": filepath.Join(base, "outside.yaml"),
		"loop.yaml": "loop.yaml", "folder": "sub", "gone.yaml": "nowhere",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := ReadFolder(t.Context(), dir, FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"mounted.yaml": "m", "sub/s.yaml": "s"}, contents(t, s)); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([]string{"abs.yaml", "folder", "gone.yaml", "loop.yaml", "out.yaml"}, s.Skipped()); d != "" {
		t.Fatal(d)
	}
}

func TestFolderWatch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fleet")
	clock := newHandClock()
	f := mustOpenFolder(t, dir, FolderOptions{Debounce: time.Second, After: clock.after})
	change := func(what string, do func()) {
		t.Helper()
		do()
		if d := within(t, "event of "+what, clock.asked); d != time.Second {
			t.Fatalf("debounce of %v", d)
		}
		select {
		case <-f.Changed():
			t.Fatalf("%s is told before the debounce", what)
		default:
		}
		clock.fire <- time.Time{}
		within(t, "change after "+what, f.Changed())
	}
	change("the folder appearing", func() { writeFiles(t, dir, map[string]string{"a.yaml": "a"}) })
	change("a file written", func() { writeFiles(t, dir, map[string]string{"a.yaml": "b", "b.yaml": "b"}) })
	change("a file removed", func() { _ = os.Remove(filepath.Join(dir, "b.yaml")) })
	change("a folder made", func() { _ = os.Mkdir(filepath.Join(dir, "sub"), 0o755) })
	change("a file in the new folder", func() { writeFiles(t, dir, map[string]string{"sub/c.yaml": "c"}) })
	snap, _, err := f.Latest(t.Context())
	if err != nil || len(snap.Blobs()) != 2 {
		t.Fatal(err)
	}
	change("the folder removed", func() { _ = os.RemoveAll(dir) })
	_, _, err = f.Latest(t.Context())
	wantReason(t, err, FolderUnreadable)
	change("the folder back", func() { writeFiles(t, dir, map[string]string{"a.yaml": "b", "sub/c.yaml": "c"}) })
	if back, changed, err := f.Latest(t.Context()); err != nil || changed || back != snap {
		t.Fatal(changed, err)
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
