package gitsource

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// accepted makes a source whose first revision is the last good one.
func accepted(t testing.TB, o Options) (*Source, *Snapshot) {
	t.Helper()
	s := mustOpen(t, o)
	snap, _ := mustLatest(t, s)
	if err := s.Accept(t.Context(), snap); err != nil {
		t.Fatal(err)
	}
	return s, snap
}

func TestRestartWithoutNetwork(t *testing.T) {
	u := newUpstream(t)
	first := u.commit("one", map[string]string{"a.yaml": "a", "b.yaml": "b"})
	h := serve(t, u)
	o := testOptions(t, h.url())
	s, snap := accepted(t, o)
	u.commit("two", map[string]string{"a.yaml": "not accepted"})
	mustLatest(t, s)
	want := contents(t, snap)
	_ = s.Close()
	h.Close()

	s = mustOpen(t, o)
	good, ok := s.LastGood()
	if !ok || good.Revision().ID != first || good.Revision().Subject != "one" {
		t.Fatalf("last good: %v %+v", ok, good)
	}
	if d := cmp.Diff(want, contents(t, good)); d != "" {
		t.Fatal(d)
	}
	_, _, err := s.Latest(t.Context())
	wantReason(t, err, Unreachable)
	if again, ok := s.LastGood(); !ok || again != good {
		t.Fatal("the last good revision is lost")
	}
}

// What the disk refused once is kept by the next look: nobody accepts a revision
// twice.
func TestALastGoodRevisionIsKeptOnceTheDiskTakesIt(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "one"})
	o := testOptions(t, "file://"+u.bare)
	s, _ := accepted(t, o)
	second := u.commit("two", map[string]string{"a.yaml": "two"})
	snap, _ := mustLatest(t, s)
	record := filepath.Join(o.StateDir, recordName)
	if err := os.Rename(record, record+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(record, "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s.Accept(t.Context(), snap) == nil {
		t.Fatal("it was kept in spite of what is in the way")
	}
	if err := os.RemoveAll(record); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(record+".away", record); err != nil {
		t.Fatal(err)
	}
	mustLatest(t, s)
	_ = s.Close()
	if good, ok := mustOpen(t, o).LastGood(); !ok || good.Revision().ID != second {
		t.Errorf("a restart has %+v for the last good revision, want %s", good.Revision(), second)
	}
}

func TestRestartAtTheSameRevision(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	o := testOptions(t, h.url())
	s, _ := accepted(t, o)
	_ = s.Close()
	s = mustOpen(t, o)
	good, _ := s.LastGood()
	if snap, changed := mustLatest(t, s); changed || snap != good {
		t.Fatal("a restart is taken for a change")
	}
	if n := h.packs.Load(); n != 1 {
		t.Fatalf("%d fetches", n)
	}
	u.commit("two", map[string]string{"a.yaml": "b"})
	if two, changed := mustLatest(t, s); !changed || two.Revision().Former != "" {
		t.Fatal("the next revision is not followed")
	}
}

// Another path or branch is other files: the last good ones are not ours then,
// but come back with the settings.
func TestLastGoodBelongsToItsSettings(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a", "sub/b.yaml": "b"})
	o := testOptions(t, "file://"+u.bare)
	s, _ := accepted(t, o)
	_ = s.Close()
	other := o
	other.Path = "sub"
	if _, ok := mustOpen(t, other).LastGood(); ok {
		t.Fatal("the last good revision of another path is served")
	}
	if _, ok := mustOpen(t, o).LastGood(); !ok {
		t.Fatal("the last good revision is lost by a look with other settings")
	}
}

// TestDamage damages the state folder in each way, restarts, and expects the
// next look to heal it without a manual step.
func TestDamage(t *testing.T) {
	glob := func(t *testing.T, dir, pattern string) string {
		t.Helper()
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		if len(found) == 0 {
			t.Fatalf("nothing matches %q", pattern)
		}
		return found[0]
	}
	edit := func(t *testing.T, name string, change func([]byte) []byte) {
		t.Helper()
		_ = os.Chmod(name, 0o600)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, change(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	half := func(b []byte) []byte { return b[:len(b)/2] }
	flip := func(b []byte) []byte { b[len(b)-40] ^= 0xff; return b }
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		kept   bool // the last good revision can still be served
	}{
		{"folder gone", func(t *testing.T, dir string) { _ = os.RemoveAll(dir) }, false},
		{"record cut", func(t *testing.T, dir string) { edit(t, filepath.Join(dir, recordName), half) }, false},
		{"record edited", func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, recordName), func(b []byte) []byte {
				return []byte(strings.Replace(string(b), `"version":1`, `"version":1,"former":"x"`, 1))
			})
		}, false},
		{"record left half-written", func(t *testing.T, dir string) {
			writeFiles(t, dir, map[string]string{recordName + ".tmp-1": "{"})
		}, true},
		{"store gone", func(t *testing.T, dir string) { _ = os.RemoveAll(glob(t, dir, storePrefix+"*")) }, false},
		{"pack cut", func(t *testing.T, dir string) { edit(t, glob(t, dir, "store-*/objects/pack/*.pack"), half) }, false},
		{"pack flipped", func(t *testing.T, dir string) { edit(t, glob(t, dir, "store-*/objects/pack/*.pack"), flip) }, false},
		{"index cut", func(t *testing.T, dir string) { edit(t, glob(t, dir, "store-*/objects/pack/*.idx"), half) }, false},
		{"pack gone", func(t *testing.T, dir string) { _ = os.Remove(glob(t, dir, "store-*/objects/pack/*.pack")) }, false},
		{"leftovers", func(t *testing.T, dir string) {
			packs := glob(t, dir, "store-*/objects/pack")
			writeFiles(t, packs, map[string]string{"tmp_pack_1": "x", "incoming-2": "y", "pack-" + strings.Repeat("a", 40) + ".idx": "z"})
			writeFiles(t, dir, map[string]string{"store-99/objects/pack/tmp_pack_1": "x"})
		}, true},
		{"shallow file is rubbish", func(t *testing.T, dir string) {
			writeFiles(t, glob(t, dir, storePrefix+"*"), map[string]string{"shallow": "rubbish\n"})
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUpstream(t)
			u.commit("one", map[string]string{"a.yaml": strings.Repeat("line\n", 300), "b.yaml": "b: 1"})
			o := testOptions(t, serve(t, u).url())
			s, snap := accepted(t, o)
			want := contents(t, snap)
			_ = s.Close()
			c.damage(t, o.StateDir)

			s = mustOpen(t, o)
			good, ok := s.LastGood()
			if ok != c.kept {
				t.Fatalf("last good kept %v, want %v", ok, c.kept)
			}
			if ok {
				if d := cmp.Diff(want, contents(t, good)); d != "" {
					t.Fatal(d)
				}
			}
			u.commit("two", map[string]string{"c.yaml": "c"})
			two, _ := mustLatest(t, s)
			if err := s.Accept(t.Context(), two); err != nil {
				t.Fatal(err)
			}
			if len(contents(t, two)) != 3 {
				t.Fatalf("files %v", paths(two))
			}
			_ = s.Close()
			if good, ok := mustOpen(t, o).LastGood(); !ok || good.Revision().ID != two.Revision().ID {
				t.Fatal("not healed")
			}
		})
	}
}

// Damage while the agent runs is noticed by a read and healed by the next look.
func TestDamageWhileRunning(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := testOptions(t, serve(t, u).url())
	s, snap := accepted(t, o)
	packs, _ := filepath.Glob(filepath.Join(s.opts.StateDir, "store-*/objects/pack/*.pack"))
	if err := os.Truncate(packs[0], 20); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	s.store.st.ObjectStorage.Reindex()
	_, err := snap.Read(snap.Blobs()[0].Hash)
	wantReason(t, err, StoreDamaged)
	healed, changed := mustLatest(t, s)
	if changed || contents(t, healed)["a.yaml"] != "a" {
		t.Fatalf("changed %v", changed)
	}
	_ = s.Close()
	again := mustOpen(t, o)
	if good, ok := again.LastGood(); !ok || contents(t, good)["a.yaml"] != "a" {
		t.Fatal("after a restart the last good revision is still that of the damaged store")
	}
}

func TestPacksAreBounded(t *testing.T) {
	u := newUpstream(t)
	u.commit("zero", map[string]string{"a.yaml": "0", "still.yaml": "s"})
	s := mustOpen(t, testOptions(t, serve(t, u).url()))
	s.maxPacks = 3
	first, _ := mustLatest(t, s)
	for i := range 8 {
		u.commit("more", map[string]string{"a.yaml": fmt.Sprint(i + 1)})
		snap, changed := mustLatest(t, s)
		if !changed || snap.Revision().Former != "" || contents(t, snap)["a.yaml"] != fmt.Sprint(i+1) {
			t.Fatalf("round %d: changed %v, %+v", i, changed, snap.Revision())
		}
		if n := s.store.packs(); n > 4 {
			t.Fatalf("round %d: %d packs", i, n)
		}
	}
	if d := cmp.Diff(map[string]string{"a.yaml": "0", "still.yaml": "s"}, contents(t, first)); d != "" {
		t.Fatalf("a snapshot that is held cannot be read any more: %s", d)
	}
	stores := func() int {
		found, _ := filepath.Glob(filepath.Join(s.opts.StateDir, storePrefix+"*"))
		return len(found)
	}
	if stores() < 2 {
		t.Fatal("the first snapshot's store is gone while it is held")
	}
	runtime.KeepAlive(first)
	deadline := time.Now().Add(10 * time.Second)
	for stores() > 1 {
		runtime.GC()
		mustLatest(t, s)
		if time.Now().After(deadline) {
			t.Fatalf("%d stores are left", stores())
		}
	}
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("a small disk cannot be mounted without the right to: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := testOptions(t, serve(t, u).url())
	o.StateDir = filepath.Join(dir, "state")
	s, snap := accepted(t, o)
	big := make([]byte, 200<<10)
	for i := range big {
		big[i] = byte(rand.Uint32())
	}
	u.commit("two", map[string]string{"big.bin": string(big), "a.yaml": "b"})
	_, _, err := s.Latest(t.Context())
	wantReason(t, err, DiskFull)
	if good, ok := s.LastGood(); !ok || good != snap || contents(t, good)["a.yaml"] != "a" {
		t.Fatal("the last good revision is lost")
	}
	u.git("rm", "-q", "big.bin")
	u.git("commit", "-q", "--amend", "-m", "smaller")
	u.git("push", "-q", "-f", "origin", "HEAD")
	if again, _ := mustLatest(t, s); contents(t, again)["a.yaml"] != "b" {
		t.Fatal("does not go on once there is space")
	}
}

func TestStateFolderReadOnly(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := testOptions(t, serve(t, u).url())
	s, snap := accepted(t, o)
	if err := syscall.Mount(o.StateDir, o.StateDir, "", syscall.MS_BIND, ""); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(o.StateDir, syscall.MNT_DETACH) })
		if err := syscall.Mount("", o.StateDir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	} else if os.Getuid() != 0 {
		readOnly(t, o.StateDir)
	} else {
		t.Skip("neither a read-only mount nor an ordinary user to try with")
	}
	u.commit("two", map[string]string{"a.yaml": "b"})
	_, _, err := s.Latest(t.Context())
	wantReason(t, err, StateDir)
	if good, ok := s.LastGood(); !ok || good != snap || contents(t, good)["a.yaml"] != "a" {
		t.Fatal("the last good revision is lost")
	}
	_ = s.Close()
	if good, ok := mustOpen(t, o).LastGood(); !ok || contents(t, good)["a.yaml"] != "a" {
		t.Fatal("a restart on a read-only disk loses the last good revision")
	}
}

func readOnly(t *testing.T, dir string) {
	t.Helper()
	_ = filepath.Walk(dir, func(name string, info os.FileInfo, _ error) error {
		if info.IsDir() {
			_ = os.Chmod(name, 0o555)
			t.Cleanup(func() { _ = os.Chmod(name, 0o755) })
		}
		return nil
	})
}

func TestStateFolderCannotBeMade(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := testOptions(t, "file://"+u.bare)
	o.StateDir = filepath.Join(secretFile(t, "a file"), "state")
	_, _, err := mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, StateDir)
}

func TestDiskErrorsAreNamed(t *testing.T) {
	for errno, want := range map[syscall.Errno]Reason{
		syscall.ENOSPC: DiskFull, syscall.EDQUOT: DiskFull, syscall.EROFS: StateDir, syscall.EACCES: StateDir,
	} {
		for _, of := range []error{
			&os.PathError{Op: "write", Path: "/state/store-1/x", Err: errno},
			&os.LinkError{Op: "rename", Old: "/state/store-1.tmp", New: "/state/store-1", Err: errno},
		} {
			err := classify(t.Context(), location{}, "/state", fmt.Errorf("index: %w", of))
			wantReason(t, err, want)
			if strings.Contains(err.Error(), "store-1") {
				t.Errorf("the text names a folder that changes: %v", err)
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	u := newUpstream(t)
	files := map[string]string{}
	for i := range 50 {
		files[fmt.Sprintf("f%d.yaml", i)] = fmt.Sprintf("n: %d", i)
	}
	u.commit("one", files)
	s, snap := accepted(t, testOptions(t, serve(t, u).url()))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				for _, b := range snap.Blobs() {
					text, err := snap.Read(b.Hash)
					if err != nil || string(text) != files[b.Path] {
						t.Errorf("%s: %q %v", b.Path, text, err)
						return
					}
				}
				if good, ok := s.LastGood(); !ok || good != snap {
					t.Error("last good is not there")
				}
			}
		})
	}
	for i := range 4 {
		u.commit("more", map[string]string{"f0.yaml": fmt.Sprintf("n: -%d", i)})
		mustLatest(t, s)
	}
	wg.Wait()
}

func TestAcceptRefusesStrangers(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	_, snap := accepted(t, testOptions(t, "file://"+u.bare))
	other := mustOpen(t, testOptions(t, "file://"+u.bare))
	if other.Accept(t.Context(), snap) == nil || other.Accept(t.Context(), nil) == nil {
		t.Fatal("a stranger's snapshot is accepted")
	}
	if _, err := snap.Read(strings.Repeat("0", 40)); err == nil {
		t.Fatal("a blob that is not in the snapshot is read")
	}
}

// TestKillNine kills a process that looks and accepts all the time, at random
// moments, and opens what it left.
func TestKillNine(t *testing.T) {
	if url := os.Getenv("GITSOURCE_KILLED_URL"); url != "" {
		lookUntilKilled(t, url, os.Getenv("GITSOURCE_KILLED_STATE"))
		return
	}
	u := newUpstream(t)
	u.commit("zero", map[string]string{"a.yaml": "0", "b.yaml": strings.Repeat("b\n", 1000)})
	h := serve(t, u)
	o := testOptions(t, h.url())
	s, _ := accepted(t, o)
	_ = s.Close()
	for i := range 12 {
		id := u.commit("more", map[string]string{"a.yaml": fmt.Sprint(i + 1), fmt.Sprintf("n%d.yaml", i): "n"})
		before := h.lists.Load()
		cmd := exec.Command(os.Args[0], "-test.run=^TestKillNine$")
		cmd.Env = append(os.Environ(), "GITSOURCE_KILLED_URL="+h.url(), "GITSOURCE_KILLED_STATE="+o.StateDir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for h.lists.Load() == before {
			runtime.Gosched()
		}
		<-time.After(time.Duration(rand.IntN(15_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s := mustOpen(t, o)
		if good, ok := s.LastGood(); !ok || len(contents(t, good)) < 2 {
			t.Fatalf("round %d: the last good revision is lost", i)
		}
		snap, _ := mustLatest(t, s)
		if snap.Revision().ID != id || snap.Revision().Former != "" || contents(t, snap)["a.yaml"] != fmt.Sprint(i+1) {
			t.Fatalf("round %d: %+v", i, snap.Revision())
		}
		_ = s.Close()
	}
}

func lookUntilKilled(t *testing.T, url, state string) {
	for {
		s, err := Open(context.Background(), DefaultOptions(url, state))
		if err != nil {
			t.Fatal(err)
		}
		snap, _, err := s.Latest(context.Background())
		if err == nil {
			err = s.Accept(context.Background(), snap)
		}
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
