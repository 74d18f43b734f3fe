package agent

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/driverhost"
	"github.com/heatsync/heatsync/plugins/driver"
)

// withDriver makes a drivers folder in dir with the drivers that are pinned now
// and, in the place of the one of its name, the file; a lock pins them all. The
// file is run because the operator named it, once, and for planning alone.
func withDriver(c config.Drivers, file, dir string) (config.Drivers, error) {
	base := filepath.Base(file)
	if !strings.HasPrefix(base, driver.FilePrefix) {
		return c, fmt.Errorf("driver file %q is not called %sNAME", file, driver.FilePrefix)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	if err := copyProgram(file, filepath.Join(dir, base)); err != nil {
		return c, fmt.Errorf("driver file: %w", err)
	}
	pinned, err := driverhost.Survey(c.Dir, c.Lock)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	for _, p := range pinned {
		if !p.WillRun || filepath.Base(p.Path) == base {
			continue
		}
		if err := copyProgram(p.Path, filepath.Join(dir, filepath.Base(p.Path))); err != nil {
			return c, err
		}
	}
	out := config.Drivers{Dir: dir, Lock: filepath.Join(dir, "drivers.lock")}
	_, err = driverhost.WriteLock(out.Dir, out.Lock)
	return out, err
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}
