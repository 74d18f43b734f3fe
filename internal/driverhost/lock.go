package driverhost

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Lock says which files may run.
type Lock struct {
	Version int   `yaml:"version"` // 1
	Drivers []Pin `yaml:"drivers"` // by name
}

// Pin lets one file run, as long as it has this checksum.
type Pin struct {
	Name   string `yaml:"name"`
	File   string `yaml:"file"`   // in the drivers folder, without a path
	SHA256 string `yaml:"sha256"` // of the file, 64 hex digits
}

const lockHead = `# Which drivers the agent may run. Written by: heatsync driver lock DIR
`

// ReadLock reads a lock strictly. The error of a file that is not there wraps
// fs.ErrNotExist.
func ReadLock(path string) (Lock, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Lock{}, err
	}
	var l Lock
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&l); err != nil {
		return Lock{}, fmt.Errorf("drivers lock %q: %w", path, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Lock{}, fmt.Errorf("drivers lock %q: more than one document", path)
	}
	if err := l.check(); err != nil {
		return Lock{}, fmt.Errorf("drivers lock %q: %w", path, err)
	}
	return l, nil
}

var (
	sha256Shape = regexp.MustCompile(`^[0-9a-f]{64}$`)
	nameShape   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

// check leaves two pins of one name to the survey, which tells it of both files.
func (l Lock) check() error {
	if l.Version != 1 {
		return fmt.Errorf("version %d is not known, this heatsync reads version 1", l.Version)
	}
	for i, p := range l.Drivers {
		switch {
		case !nameShape.MatchString(p.Name):
			return fmt.Errorf("drivers[%d].name: %q is no driver name", i, p.Name)
		case !plainFile(p.File):
			return fmt.Errorf("drivers[%d].file: %q is no plain file name", i, p.File)
		case !sha256Shape.MatchString(p.SHA256):
			return fmt.Errorf("drivers[%d].sha256: %q is not 64 hex digits", i, p.SHA256)
		}
	}
	return nil
}

// plainFile tells whether a name is that of a file in a folder, and of none other.
func plainFile(name string) bool {
	return name != "." && filepath.IsLocal(name) && filepath.Base(name) == name && !strings.ContainsFunc(name, unicode.IsControl)
}

// WriteLock pins every driver that is in dir now and gives what it wrote. It runs
// nothing. It refuses two files for one driver, and leaves an existing lock as it
// is unless all went well.
func WriteLock(dir, path string) (Lock, error) {
	files, err := scan(dir, nil)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{Version: 1, Drivers: []Pin{}}
	for _, f := range files {
		if err := f.usable(); err != nil {
			return Lock{}, err
		}
		if err := f.noScript(); err != nil {
			return Lock{}, err
		}
		if i := slices.IndexFunc(l.Drivers, func(p Pin) bool { return p.Name == f.name }); i >= 0 {
			return Lock{}, duplicate(f.name, l.Drivers[i].File, filepath.Base(f.path))
		}
		l.Drivers = append(l.Drivers, Pin{Name: f.name, File: filepath.Base(f.path), SHA256: f.sha256})
	}
	body, err := yaml.Marshal(l)
	if err != nil {
		return Lock{}, err
	}
	return l, replace(path, append([]byte(lockHead), body...))
}

// replace writes a file so that a reader sees the old or the new one, whole.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain once it was renamed
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
