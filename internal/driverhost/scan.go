package driverhost

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// found is one file that looks like a driver.
type found struct {
	name   string // the driver's; "" when the file's name holds none
	path   string
	info   fs.FileInfo
	sha256 string // "" when it could not be read
	head   []byte // the first bytes
	err    error  // why it could not be read
}

// scan looks at the drivers of a folder, by file name, and runs nothing. Files
// that have not changed since before are not read again.
func scan(dir string, before []found) ([]found, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("drivers folder: %w", err)
	}
	var files []found
	for _, e := range entries {
		if e.IsDir() || !strings.HasPrefix(e.Name(), driver.FilePrefix) || halfWritten(e.Name()) {
			continue
		}
		f := look(filepath.Join(dir, e.Name()), before)
		if !errors.Is(f.err, fs.ErrNotExist) {
			files = append(files, f)
		}
	}
	return files, nil
}

// halfWritten tells the names that package managers and editors write under
// before they rename: they are nobody's driver yet.
func halfWritten(name string) bool {
	return strings.ContainsAny(name, ";~") ||
		slices.ContainsFunc([]string{".dpkg-", ".rpm", ".tmp", ".part", ".swp"}, func(s string) bool { return strings.Contains(name, s) })
}

// driverName is what follows the prefix, without an extension.
func driverName(file string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(file, driver.FilePrefix), ".")
	if !nameShape.MatchString(name) {
		return ""
	}
	return name
}

func look(path string, before []found) found {
	f := found{name: driverName(filepath.Base(path)), path: path}
	file, err := os.Open(path)
	if err != nil {
		f.err = err
		return f
	}
	defer file.Close()
	if f.info, f.err = file.Stat(); f.err != nil {
		return f
	}
	if !f.info.Mode().IsRegular() {
		f.err = errors.New("not a regular file")
		return f
	}
	for _, b := range before {
		if b.path == path && b.err == nil && unchanged(b.info, f.info) {
			return b
		}
	}
	sum := sha256.New()
	var head limited
	if _, f.err = io.Copy(io.MultiWriter(sum, &head), file); f.err == nil {
		f.sha256, f.head = hex.EncodeToString(sum.Sum(nil)), head.Bytes()
	}
	return f
}

func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// limited keeps the first bytes written to it.
type limited struct{ bytes.Buffer }

const headBytes = 64

func (l *limited) Write(p []byte) (int, error) {
	if left := headBytes - l.Len(); left > 0 {
		l.Buffer.Write(p[:min(left, len(p))])
	}
	return len(p), nil
}

// usable says what keeps a file from being a driver, whatever the lock says.
func (f found) usable() error {
	base := filepath.Base(f.path)
	if f.name == "" {
		return &Error{
			Driver: base, Reason: BadName, Detail: fmt.Sprintf("the file name %q holds no driver name", base),
			Remedy: fmt.Sprintf("name it %s and lower-case words joined by dashes", driver.FilePrefix),
		}
	}
	if f.err != nil {
		return &Error{Driver: f.name, Reason: Unreadable, Detail: fmt.Sprintf("file %q cannot be read", f.path), Err: f.err}
	}
	if reason, detail := checkProgram(f.head); reason != "" {
		return &Error{
			Driver: f.name, Reason: reason, Detail: fmt.Sprintf("file %q %s", f.path, detail),
			Remedy: "install the driver built for this system",
		}
	}
	return nil
}

// noScript says why a script is no driver. What runs are the bytes that were checked,
// not a file: an interpreter would find nothing to read, and no pin holds it.
func (f found) noScript() error {
	if !bytes.HasPrefix(f.head, []byte("#!")) {
		return nil
	}
	return &Error{
		Driver: f.name, Reason: NotProgram, Detail: fmt.Sprintf("file %q is a script, and a pin does not cover what would interpret it", f.path),
		Remedy: "build the driver as a program of its own",
	}
}

func duplicate(name, one, other string) *Error {
	return &Error{
		Driver: name, Reason: Duplicate, Detail: fmt.Sprintf("two files, %q and %q", one, other),
		Remedy: "remove one of them",
	}
}
