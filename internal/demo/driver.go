package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/heatsync/heatsync/internal/driverhost"
	"github.com/heatsync/heatsync/plugins/driver"
)

const (
	dockerDriver     = driver.FilePrefix + "docker"
	kubernetesDriver = driver.FilePrefix + "kubernetes"
	packagedDir      = "/usr/lib/heatsync/drivers"
)

// pinDrivers puts drivers alone into a folder and pins them there, so that neither
// a rebuild nor a neighbour disturbs the demo.
func pinDrivers(from, dir, lock string, names ...string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		file, err := findDriver(from, name)
		if err != nil {
			return err
		}
		program, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), program, 0o700); err != nil {
			return err
		}
	}
	_, err := driverhost.WriteLock(dir, lock)
	return err
}

// findDriver gives a driver's file, out of dir if it is named.
func findDriver(dir, name string) (string, error) {
	dirs := []string{dir}
	if dir == "" {
		dirs = nil
		if self, err := os.Executable(); err == nil {
			dirs = append(dirs, filepath.Dir(self))
		}
		dirs = append(dirs, packagedDir)
	}
	for _, d := range dirs {
		file := filepath.Join(d, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s: build it with `make build`, or say where it is with --driver-dir",
		name, strings.Join(dirs, " or "))
}
