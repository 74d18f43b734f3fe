package secretstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// publish makes a file appear with all its text, on the disk, or not at all:
// written beside, synced, then linked, which fails where there is one already.
func publish(path string, text []byte) error {
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, ".draft-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if _, err = draft.Write(text); err == nil {
		err = draft.Sync()
	}
	if closed := draft.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
		return ErrExists
	} else if err != nil {
		return err
	}
	return syncFolder(dir)
}

// syncFolder brings a folder's names to the disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
