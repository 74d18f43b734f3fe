package driverhost

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// executable is the very bytes that were hashed, out of reach of whoever can
// write the drivers folder. Starts are cheap once it is made.
type executable struct {
	name   string // the file's name, which becomes the program's argv[0]
	sha256 string
	path   string   // what to exec
	file   *os.File // behind path where that names a descriptor; may be nil
}

func (e *executable) close() {
	if e != nil && e.file != nil {
		_ = e.file.Close()
	}
}

// loadExecutable copies a file while hashing it and gives the copy, if the hash is
// the pinned one: into sealed memory, and where the system does not run that,
// into store, a folder of the host's own.
func loadExecutable(pin target, store string) (*executable, error) {
	source, err := os.Open(pin.path)
	if err != nil {
		return nil, &Error{Driver: pin.name, Reason: Unreadable, Detail: fmt.Sprintf("file %q cannot be read", pin.path), Err: err}
	}
	defer source.Close()
	e, err := sealed(pin, source)
	if err == nil || !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return e, err
	}
	if _, err := source.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return stored(pin, source, store)
}

// unsealed gives the same bytes from the store, for a system whose policy runs no
// memory and says so only at the exec.
func (e *executable) unsealed(pin target, store string) (*executable, error) {
	if _, err := e.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return stored(pin, e.file, store)
}

// stored keeps the copy under its checksum, readable and executable for its owner
// alone.
func stored(pin target, source io.Reader, store string) (*executable, error) {
	if err := os.MkdirAll(store, 0o700); err != nil {
		return nil, err
	}
	copied, err := os.CreateTemp(store, ".copy-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(copied.Name()) // in vain once it was renamed
	sum, err := copyHashing(copied, source)
	if err = errors.Join(err, copied.Chmod(0o500), copied.Close()); err != nil {
		return nil, fmt.Errorf("copy %q: %w", pin.path, err)
	}
	if sum != pin.sha256 {
		return nil, pin.otherBytes(sum)
	}
	path := filepath.Join(store, sum)
	if err := os.Rename(copied.Name(), path); err != nil {
		return nil, err
	}
	return &executable{name: filepath.Base(pin.path), sha256: sum, path: path}, nil
}

func copyHashing(to io.Writer, from io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), from); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// target is what the lock and the folder say of one driver: the file to run, or
// why there is none.
type target struct {
	name, path, sha256 string
	err                *Error
}

func (t target) otherBytes(sum string) *Error {
	return &Error{
		Driver: t.name, Reason: WrongChecksum,
		Detail: fmt.Sprintf("file %q has the SHA-256 %s, pinned is %s", t.path, sum, t.sha256),
		Remedy: "if you trust the new file, " + lockAgain(filepath.Dir(t.path)),
	}
}
