//go:build linux

package driverhost

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func targetOf(t *testing.T, f folder, name string) target {
	t.Helper()
	return target{name: name, path: f.path(name), sha256: f.sum(name)}
}

func TestSealedBytesCannotBeChanged(t *testing.T) {
	f := newFolder(t)
	f.write("toy", []byte("#!/bin/sh\nexit 0\n"))
	e, err := loadExecutable(targetOf(t, f, "toy"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if _, err := e.file.WriteAt([]byte("x"), 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("write: %v", err)
	}
	if err := e.file.Truncate(0); !errors.Is(err, unix.EPERM) {
		t.Errorf("truncate: %v", err)
	}
}

func TestOtherBytesThanPinnedAreNotLoaded(t *testing.T) {
	f := newFolder(t)
	f.write("toy", []byte("#!/bin/sh\nexit 0\n"))
	pin := targetOf(t, f, "toy")
	f.write("toy", []byte("#!/bin/sh\nexit 1\n"))
	store := t.TempDir()
	if _, err := loadExecutable(pin, store); !has(err, WrongChecksum) {
		t.Errorf("sealed: %v", err)
	}
	file, err := os.Open(pin.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := stored(pin, file, store); !has(err, WrongChecksum) {
		t.Errorf("stored: %v", err)
	}
	if left, _ := os.ReadDir(store); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

// Where memory cannot be executed, a copy of the host's own is.
func TestAStoredCopyRuns(t *testing.T) {
	f := newFolder(t, "toy")
	pin := targetOf(t, f, "toy")
	file, err := os.Open(pin.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	store := t.TempDir()
	e, err := stored(pin, file, store)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(e.path); err != nil || info.Mode().Perm() != 0o500 || filepath.Dir(e.path) != store {
		t.Errorf("%s: %v (%v)", e.path, info.Mode(), err)
	}
	h := f.open(nil)
	s, err := startSession(t.Context(), "toy", e, h.options)
	if err != nil {
		t.Fatal(err)
	}
	s.stop(t.Context())
	if s.runner.process.ending != "exit status 0" {
		t.Errorf("it ended with %s", s.runner.process.ending)
	}
}
