package gitsource

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	recordName    = "last-good.json"
	recordVersion = 1
)

// record is what is kept of the last good revision, beside its objects.
type record struct {
	Version  int    `json:"version"`
	Identity string `json:"identity"` // of the options it was read with
	Store    string `json:"store"`    // folder name
	Object   string `json:"object"`   // what the reference pointed at
	Revision string `json:"revision"`
	// Former is kept because it cannot be found out again.
	Former string `json:"former,omitempty"`
	Sum    string `json:"sum"` // over all else
}

func (r record) sum() (string, error) {
	r.Sum = ""
	b, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// readRecord returns an error that is fs.ErrNotExist where there is none.
func readRecord(dir string) (record, error) {
	b, err := os.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return record{}, fmt.Errorf("read record of the last good revision: %w", err)
	}
	want, err := r.sum()
	if err != nil {
		return record{}, err
	}
	if r.Version != recordVersion || r.Sum != want {
		return record{}, fmt.Errorf("read record of the last good revision: its version or checksum is wrong")
	}
	if filepath.Base(r.Store) != r.Store || !strings.HasPrefix(r.Store, storePrefix) {
		return record{}, fmt.Errorf("read record of the last good revision: store %q is not a folder of ours", r.Store)
	}
	return r, nil
}

// write replaces the record whole or not at all.
func (r record) write(dir string) (err error) {
	r.Version = recordVersion
	if r.Sum, err = r.sum(); err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, recordName+".tmp-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(append(b, '\n')); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, recordName)); err != nil {
		return err
	}
	return syncFile(dir)
}
