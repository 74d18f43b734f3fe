package agent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/heatsync/heatsync/reconcile"
)

// hintsFile keeps one fleet's hints between two runs: one JSON document with a
// checksum, replaced as a whole. What losing it costs: [reconcile.Hints].
//
// It is safe for concurrent use: of two writes the one numbered higher stays.
type hintsFile struct {
	path string

	mu   sync.Mutex
	seq  uint64            // of what was written last
	last [sha256.Size]byte // of what was written last
}

const hintsVersion = 1

type hintsDocument struct {
	Version int             `json:"version"`
	SHA256  string          `json:"sha256"` // over Hints as it stands here
	Hints   json.RawMessage `json:"hints"`
}

// take reads the hints and marks them at once as not clean, so that whatever
// happens from here on, a create may be in flight. Without hints it gives nil.
// When the mark cannot be written, Clean is not believed: the next start would
// not know that this one was here.
func (f *hintsFile) take() (*reconcile.Hints, error) {
	h, err := f.read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, f.probe()
	}
	if err != nil {
		return nil, err
	}
	clean := h.Clean
	h.Clean = false
	if err := f.write(0, h); err != nil {
		return &h, err
	}
	h.Clean = clean
	return &h, nil
}

// probe tells early that nothing can be kept.
func (f *hintsFile) probe() error { return f.write(0, reconcile.Hints{}) }

func (f *hintsFile) read() (reconcile.Hints, error) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return reconcile.Hints{}, fmt.Errorf("hints: %w", err)
	}
	var doc hintsDocument
	if err := json.Unmarshal(data, &doc); err != nil {
		return reconcile.Hints{}, fmt.Errorf("hints %q are damaged: %w", f.path, err)
	}
	if doc.Version != hintsVersion {
		return reconcile.Hints{}, fmt.Errorf("hints %q are of version %d, this agent knows %d", f.path, doc.Version, hintsVersion)
	}
	if sum := sha256.Sum256(doc.Hints); hex.EncodeToString(sum[:]) != doc.SHA256 {
		return reconcile.Hints{}, fmt.Errorf("hints %q are damaged: the checksum is another", f.path)
	}
	var h reconcile.Hints
	if err := json.Unmarshal(doc.Hints, &h); err != nil {
		return reconcile.Hints{}, fmt.Errorf("hints %q are damaged: %w", f.path, err)
	}
	return h, nil
}

// write replaces the file: a new one beside it, synced, then renamed over it.
// What is on disk already is not written again, nor is what is older than that.
func (f *hintsFile) write(seq uint64, h reconcile.Hints) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq < f.seq {
		return nil
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("hints: %w", err)
	}
	sum := sha256.Sum256(raw)
	if bytes.Equal(sum[:], f.last[:]) {
		return nil
	}
	doc, err := json.Marshal(hintsDocument{Version: hintsVersion, SHA256: hex.EncodeToString(sum[:]), Hints: raw})
	if err != nil {
		return fmt.Errorf("hints: %w", err)
	}
	if err := replaceFile(f.path, doc); err != nil {
		return fmt.Errorf("hints: %w", err)
	}
	f.last, f.seq = sum, seq
	return nil
}

// replaceFile puts data in the file's place, so that a reader, or the next start
// after a crash, finds the old content or the new, whole.
func replaceFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
