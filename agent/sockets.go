package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// socketPath is the longest folder that leaves room for the name of a driver's
// socket, which the system bounds.
const socketPath = 48

// socketFolder gives the folder for sockets: the wanted one, "" for none, if it
// is short enough, else one below the temporary folder. That has a name made of
// the wanted one, so that an agent that was killed leaves one behind at most, and
// the next start takes it over.
func socketFolder(wanted string) (dir string, discard func(), err error) {
	if wanted != "" && len(wanted) <= socketPath {
		return wanted, func() {}, nil
	}
	for _, base := range []string{os.TempDir(), "/tmp"} {
		if dir, err = standIn(base, wanted); err != nil {
			continue
		}
		if len(dir) <= socketPath {
			return dir, func() { _ = os.RemoveAll(dir) }, nil
		}
		_ = os.RemoveAll(dir)
		err = fmt.Errorf("folder %q is too long for the name of a socket: set TMPDIR to a shorter one", base)
	}
	return "", nil, fmt.Errorf("drivers: %w", err)
}

// standIn makes the folder that stands in for a wanted one. One that is there is
// taken only if it is ours and nobody else may write to it.
func standIn(base, wanted string) (string, error) {
	if wanted == "" {
		return os.MkdirTemp(base, "heatsync-")
	}
	if full, err := filepath.Abs(wanted); err == nil {
		wanted = full
	}
	sum := sha256.Sum256([]byte(wanted))
	dir := filepath.Join(base, "heatsync-"+hex.EncodeToString(sum[:6]))
	err := os.Mkdir(dir, 0o700)
	if err == nil || os.IsExist(err) && private(dir) {
		return dir, nil
	}
	return os.MkdirTemp(base, "heatsync-")
}

// private tells whether a folder is one, of this user, and closed to all others.
func private(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Getuid()
}
