package simulation

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Every promise is kept on the first seeds. `make simulate` runs more.
func TestPromises(t *testing.T) {
	Sweep(1, fewer(400), Small, runtime.NumCPU(), func(seed uint64, r Report) bool {
		if r.Violation != nil {
			t.Errorf("seed %d: %v", seed, r.Violation)
		}
		return true
	})
}

// As well where clusters have nodes to empty, and secrets.
func TestPromisesWithNodes(t *testing.T) {
	Sweep(1, fewer(200), Nodes, runtime.NumCPU(), func(seed uint64, r Report) bool {
		if r.Violation != nil {
			t.Errorf("seed %d: %v", seed, r.Violation)
		}
		return true
	})
}

// As well where there are many clusters.
func TestPromisesOfLargeFleets(t *testing.T) {
	Sweep(1, fewer(50), Large, runtime.NumCPU(), func(seed uint64, r Report) bool {
		if r.Violation != nil {
			t.Errorf("seed %d: %v", seed, r.Violation)
		}
		return true
	})
}

// fewer gives how many seeds a test runs: all, or some where each takes long.
func fewer(seeds uint64) uint64 {
	if raceDetector || testing.Short() {
		return max(seeds/10, 2)
	}
	return seeds
}

// The same seed gives the same log, byte for byte, however many threads there
// are.
func TestSameSeedSameLog(t *testing.T) {
	seeds := int(fewer(100))
	hashes := func(threads int) []string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		out := make([]string, 0, seeds)
		for seed := range seeds {
			size := Small
			if seed%3 == 0 {
				size = Nodes
			}
			out = append(out, RunLogged(Make(uint64(seed)+1, size), nil, true).Hash)
		}
		return out
	}
	one, eight := hashes(1), hashes(8)
	seen := map[string]bool{}
	for i := range one {
		if one[i] != eight[i] {
			t.Errorf("seed %d: two logs: %s and %s", i+1, one[i], eight[i])
		}
		seen[one[i]] = true
	}
	if len(seen) != seeds {
		t.Errorf("%d seeds gave %d logs", seeds, len(seen))
	}
}

// What once broke a promise, and was mended, keeps it.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			s, err := Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if r := Run(s); r.Violation != nil {
				r = RunLogged(s, os.Stdout, false)
				t.Error(r.Violation)
			}
		})
	}
}
