package simulation

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/heatsync/heatsync/reconcile/spec"
)

// files are what files of fleets say, by path and text: most are as they were in
// the commit, and in the run, before. It is safe for concurrent use.
type files struct {
	mu   sync.Mutex
	held map[fileText]*spec.File
	hits uint64
}

type fileText struct{ path, text string }

const (
	maxParsed   = 4096 // kept; then it begins anew
	parsedAgain = 64   // of so many hits one is parsed anew
)

// parsed are those of all runs of the process.
var parsed files

// parse gives what spec.Parse gives. Now and then it holds one against the other.
func (f *files) parse(path string, data []byte) *spec.File {
	f.mu.Lock()
	defer f.mu.Unlock()
	if was := f.held[fileText{path, string(data)}]; was != nil {
		if f.hits++; f.hits%parsedAgain == 0 && !reflect.DeepEqual(was, spec.Parse(path, data)) {
			panic(fmt.Sprintf("file %s does not say twice what it says: parsing is not pure, or somebody changed what it gave", path))
		}
		return was
	}
	if f.held == nil || len(f.held) >= maxParsed {
		f.held = map[fileText]*spec.File{}
	}
	file := spec.Parse(path, data)
	f.held[fileText{path, string(data)}] = file
	return file
}
