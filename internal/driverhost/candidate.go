package driverhost

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Candidate is a file that looks like a driver, or a pin without a file.
type Candidate struct {
	Name    string // "" when the file's name holds none
	Path    string
	SHA256  string // of the file; "" when it cannot be read
	Pinned  bool   // the lock pins these bytes
	WillRun bool
	Running bool   // only of a host's candidates
	Version string // once the driver has described itself
	Err     *Error // why it will not run
}

// Survey tells of each candidate in dir whether it would run, and if not, why. It
// runs nothing. An error of the folder or the lock comes with all that could be
// told without it.
func Survey(dir, lockFile string) ([]Candidate, error) {
	files, err := scan(dir, nil)
	lock, lockErr := ReadLock(lockFile)
	if errors.Is(lockErr, fs.ErrNotExist) {
		lockErr = nil // nothing is pinned
	}
	cs := survey(dir, files, lock, lockErr)
	return cs, errors.Join(err, lockErr)
}

// survey holds what was found against the lock, by path.
func survey(dir string, files []found, lock Lock, lockErr error) []Candidate {
	var cs []Candidate
	for _, f := range files {
		c := Candidate{Name: f.name, Path: f.path, SHA256: f.sha256}
		err := f.usable()
		if err == nil {
			err = f.pinned(dir, files, lock, lockErr)
		}
		if err == nil {
			err = f.noScript()
		}
		c.Pinned = slices.ContainsFunc(lock.Drivers, func(p Pin) bool { return p.Name == f.name && p.SHA256 == f.sha256 })
		c.WillRun = err == nil
		errors.As(err, &c.Err)
		cs = append(cs, c)
	}
	for _, p := range lock.Drivers {
		if !slices.ContainsFunc(files, func(f found) bool { return f.name == p.Name }) {
			path := filepath.Join(dir, p.File)
			cs = append(cs, Candidate{Name: p.Name, Path: path, Err: &Error{
				Driver: p.Name, Reason: Missing, Detail: fmt.Sprintf("the lock pins it, and there is no file %q", path),
				Remedy: "install it, or " + lockAgain(dir),
			}})
		}
	}
	slices.SortStableFunc(cs, func(a, b Candidate) int { return strings.Compare(a.Path, b.Path) })
	return cs
}

func lockAgain(dir string) string { return fmt.Sprintf("run: heatsync driver lock %s", dir) }

// pinned says why the lock does not let a usable file run.
func (f found) pinned(dir string, files []found, lock Lock, lockErr error) error {
	base := filepath.Base(f.path)
	if lockErr != nil {
		return &Error{Driver: f.name, Reason: BadLock, Detail: "the lock cannot be read", Err: lockErr, Remedy: lockAgain(dir)}
	}
	for _, other := range files {
		if other.name == f.name && other.path != f.path {
			return duplicate(f.name, base, filepath.Base(other.path))
		}
	}
	var pins []Pin
	for _, p := range lock.Drivers {
		if p.Name == f.name {
			pins = append(pins, p)
		}
	}
	switch {
	case len(pins) == 0:
		return &Error{Driver: f.name, Reason: NotPinned, Detail: fmt.Sprintf("file %q is not pinned", f.path), Remedy: "if you trust it, " + lockAgain(dir)}
	case len(pins) > 1:
		return &Error{Driver: f.name, Reason: Duplicate, Detail: "the lock pins it twice", Remedy: lockAgain(dir)}
	case pins[0].File != base:
		return &Error{Driver: f.name, Reason: NotPinned, Detail: fmt.Sprintf("the lock pins the file %q, not %q", pins[0].File, base), Remedy: "if you trust it, " + lockAgain(dir)}
	case pins[0].SHA256 != f.sha256:
		return &Error{
			Driver: f.name, Reason: WrongChecksum,
			Detail: fmt.Sprintf("file %q has the SHA-256 %s, pinned is %s", f.path, f.sha256, pins[0].SHA256),
			Remedy: "if you trust the new file, " + lockAgain(dir),
		}
	}
	return nil
}
