package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// state is the state folder, or what stands in for one that cannot be written.
type state struct {
	dir     string // holds hints
	sources string // holds the sources' stores
	unlock  func()
	discard func() // removes what stood in
}

// openState takes the state folder for this agent. A folder that cannot be
// written costs the hints and the last good revisions, and nothing else: sources
// then keep their stores in a temporary folder. It is an error only if another
// agent has the folder.
func openState(ctx context.Context, dir string, log *slog.Logger) (state, error) {
	s := state{dir: dir, sources: dir, unlock: func() {}, discard: func() {}}
	unlock, err := lock(ctx, dir)
	if errors.Is(err, errLocked) {
		return state{}, err
	}
	if err == nil {
		s.unlock = unlock
		err = probe(dir)
	}
	if err == nil {
		return s, nil
	}
	log.Error("the state folder cannot be used: the agent goes on without, its next start takes longer, forgets a pause and carries out a driver-change that is held",
		keyErr, err, keyRemedy, "free space there and let the agent write to it, then restart it")
	temp, e := os.MkdirTemp("", "heatsync-state-")
	if e != nil {
		s.unlock()
		return state{}, fmt.Errorf("%w; nor a temporary one: %w", err, e)
	}
	s.sources, s.discard = temp, func() { _ = os.RemoveAll(temp) }
	return s, nil
}

// probe writes a little, as hints will be written.
func probe(dir string) error {
	name := filepath.Join(dir, "probe")
	if err := replaceFile(name, []byte("heatsync writes here\n")); err != nil {
		return fmt.Errorf("state folder: %w", err)
	}
	return os.Remove(name)
}

func (s state) close() {
	s.discard()
	s.unlock()
}

// sockets is where drivers' sockets are; the host clears it of what a crash left.
func (s state) sockets() string { return filepath.Join(s.sources, "run") }

func (s state) sourceDir(fleet string) string {
	return filepath.Join(s.sources, "fleets", fleet, "source")
}

func (s state) hints(fleet string) *hintsFile {
	return &hintsFile{path: filepath.Join(s.dir, "fleets", fleet, "hints.json")}
}
