package agent

import (
	"context"
	"sync"
	"time"

	"github.com/heatsync/heatsync/internal/gitsource"
)

// folderReread is how often a folder is read even if nobody told of a change, as
// on network file systems.
const folderReread = 30 * time.Second

// folder is a plain folder as a source. It reads only when a change was told, so
// that it can be asked every second.
type folder struct {
	*gitsource.Folder

	mu   sync.Mutex
	last *gitsource.Snapshot // nil: read next time
	read time.Time
}

// Latest reads the folder if it may have changed.
func (f *folder) Latest(ctx context.Context) (*gitsource.Snapshot, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.Changed():
		f.last = nil
	default:
	}
	if f.last != nil && time.Since(f.read) < folderReread {
		return f.last, false, nil
	}
	f.last, f.read = nil, time.Now()
	snap, changed, err := f.Folder.Latest(ctx)
	if err == nil {
		f.last = snap
	}
	return snap, changed, err
}
