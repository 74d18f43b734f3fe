package driverhost

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestALockIsWrittenAndRead(t *testing.T) {
	dir := t.TempDir()
	program := ownHead(t)
	for name, text := range map[string]string{
		"heatsync-driver-b": program, "heatsync-driver-a": program, "README": "x", "heatsync-driver-c.dpkg-new": "x",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "drivers.lock")
	written, err := WriteLock(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, read); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, p := range read.Drivers {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" {
		t.Error(diff)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 5 {
		t.Errorf("%d files in the folder (%v)", len(entries), err)
	}
}

// ownHead is how a program of this system begins.
func ownHead(t *testing.T) string {
	t.Helper()
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, headBytes)
	if _, err := f.Read(head); err != nil {
		t.Fatal(err)
	}
	return string(head)
}

func TestAScriptIsNotPinned(t *testing.T) {
	dir := t.TempDir()
	path, lock := filepath.Join(dir, "heatsync-driver-a"), filepath.Join(dir, "drivers.lock")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec ./real\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteLock(dir, lock); !has(err, NotProgram) || !strings.Contains(err.Error(), "is a script") {
		t.Errorf("lock: %v", err)
	}
	found, err := scan(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := Lock{Version: 1, Drivers: []Pin{{Name: "a", File: "heatsync-driver-a", SHA256: found[0].sha256}}}
	if c := survey(dir, found, l, nil)[0]; c.WillRun || !c.Pinned || !has(c.Err, NotProgram) {
		t.Errorf("list: %+v", c)
	}
}

func TestALockIsReadStrictly(t *testing.T) {
	sum := strings.Repeat("0", 64)
	for name, tt := range map[string]struct{ text, want string }{
		"unknown field":     {"version: 1\ndrivers: []\nextra: 1\n", "field extra not found"},
		"another version":   {"version: 2\ndrivers: []\n", "version 2 is not known"},
		"no YAML":           {"version: [", "did not find"},
		"two documents":     {"version: 1\n---\nversion: 1\n", "more than one document"},
		"a path":            {"version: 1\ndrivers: [{name: a, file: ../a, sha256: " + sum + "}]\n", `drivers[0].file: "../a" is no plain file name`},
		"a short checksum":  {"version: 1\ndrivers: [{name: a, file: a, sha256: abc}]\n", `drivers[0].sha256: "abc" is not 64 hex digits`},
		"no driver's name":  {"version: 1\ndrivers: [{name: A, file: a, sha256: " + sum + "}]\n", `drivers[0].name: "A" is no driver name`},
		"an empty document": {"", "EOF"},
	} {
		path := filepath.Join(t.TempDir(), "drivers.lock")
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadLock(path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	if _, err := ReadLock(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no lock: %v", err)
	}
}
