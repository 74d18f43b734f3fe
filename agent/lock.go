package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// errLocked says that another agent works on the state folder.
var errLocked = errors.New("another agent works on this state folder")

const (
	// lockPatience is how long a lock is waited for that may be a dead agent's: a
	// program that it was about to start has the file open until it runs, on a busy
	// machine for longer than the next agent needs to come.
	lockPatience = 3 * time.Second
	lockLook     = 50 * time.Millisecond // between two tries
)

// lock takes the state folder for this process alone, until unlock or the
// process's end: two agents never share one. The file names the holder for
// people; the lock itself is flock(2), so a crash leaves none behind for long. It
// blocks for lockPatience at most, or until ctx ends. A folder that cannot be
// written gives another error than errLocked.
func lock(ctx context.Context, stateDir string) (unlock func(), err error) {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	name := filepath.Join(stateDir, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		// On a read-only disk the file of a former agent can still be locked.
		if f, err = readOnlyLock(name, err); err != nil {
			return nil, err
		}
	}
	if err := flock(ctx, f); err != nil {
		defer f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("state folder %q: %w: process %s", stateDir, errLocked, holder(name))
		}
		return nil, fmt.Errorf("state folder %q: lock: %w", stateDir, err)
	}
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return func() { _ = f.Close() }, nil
}

// flock tries until the lock is there or lockPatience is over.
func flock(ctx context.Context, f *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	tick := time.NewTicker(lockLook)
	defer tick.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}

func readOnlyLock(name string, cause error) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("state folder: %w", cause)
	}
	return f, nil
}

func holder(name string) string {
	data, err := os.ReadFile(name)
	pid := strings.TrimSpace(string(data))
	if err != nil || pid == "" {
		return "unknown"
	}
	return pid
}
