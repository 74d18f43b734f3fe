package acceptance

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestStateFolderInTrouble has the agent work on a state folder that is full or
// cannot be written: it says so and goes on without, and a restart on a mended
// folder finds all as it was.
func TestStateFolderInTrouble(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name        string
		spoil, mend func(t *testing.T, dir string)
		middle      bool // it can also happen to an agent that has files open there
	}{
		{"full disk", fill, empty, true},
		{"read-only", readOnly, writable, false},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, simulated(t))
			dir := s.agent.file("state")
			tinyDisk(t, dir)
			k.spoil(t, dir)
			s.push(t, "one cluster", files{"fleet.yaml": s.fleetFile(), at("one"): cluster("one")})
			s.agent.start(t)
			s.logs(t, 0, "the state folder cannot be used")
			s.is(t, "settled", "one")
			s.agent.stop(t)

			k.mend(t, dir)
			before := s.rows(t)
			s.agent.start(t)
			s.is(t, "settled", "one")
			s.onlyTouched(t, before)
			if k.middle {
				began := s.logged()
				k.spoil(t, dir)
				s.push(t, "a bigger one", files{at("one"): cluster("one", "flavor: "+s.cloud.site.otherFlavor)})
				s.logs(t, began, "hints cannot be kept")
				k.mend(t, dir)
				s.is(t, "settled", "one")
				s.push(t, "as before", files{at("one"): cluster("one")})
				s.logs(t, began, "hints are kept again")
				s.is(t, "settled", "one")
			}
			s.nothingToDo(t)
			s.agent.stop(t)
		})
	}
}

// logged gives how long the agent's log is by now.
func (s *story) logged() int {
	info, err := os.Stat(s.agent.file("log"))
	if err != nil {
		return 0
	}
	return int(info.Size())
}

// logs waits until the agent's log has the words after its first bytes.
func (s *story) logs(t *testing.T, after int, words string) {
	t.Helper()
	s.wait(t, "log line: "+words, func() (string, bool) {
		text, err := os.ReadFile(s.agent.file("log"))
		if err != nil {
			return err.Error(), false
		}
		return "", strings.Contains(string(text[after:]), words)
	})
}

// tinyDisk mounts a file system of 2 MiB on a folder.
func tinyDisk(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m,mode=0700")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting a small disk needs root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fill takes every block that is free.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
}

func readOnly(t *testing.T, dir string) { t.Helper(); remount(t, dir, syscall.MS_RDONLY) }

func writable(t *testing.T, dir string) { t.Helper(); remount(t, dir, 0) }

func remount(t *testing.T, dir string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, ""); err != nil {
		t.Fatal(err)
	}
}
