package agent

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/reconcile"
)

func TestHintsAreTakenOnce(t *testing.T) {
	f := &hintsFile{path: filepath.Join(t.TempDir(), "fleets", "prod", "hints.json")}
	if h, err := f.take(); h != nil || err != nil {
		t.Fatalf("first start: %+v, %v", h, err)
	}
	want := reconcile.Hints{Clean: true, Paused: true, Revision: "r", Clusters: map[string]reconcile.ClusterHint{"web": {StackID: "i"}}}
	if err := f.write(1, want); err != nil {
		t.Fatal(err)
	}
	got, err := (&hintsFile{path: f.path}).take()
	if diff := cmp.Diff(&want, got); err != nil || diff != "" {
		t.Errorf("%v; want -, got +:\n%s", err, diff)
	}
	if got, err = (&hintsFile{path: f.path}).take(); err != nil || got.Clean {
		t.Errorf("a start after a crash believes in a clean stop: %+v, %v", got, err)
	}
}

func TestOlderHintsUndoNothing(t *testing.T) {
	f := &hintsFile{path: filepath.Join(t.TempDir(), "hints.json")}
	if err := errors.Join(f.write(2, reconcile.Hints{Paused: true}), f.write(1, reconcile.Hints{})); err != nil {
		t.Fatal(err)
	}
	if h, err := f.read(); err != nil || !h.Paused {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestDamagedHintsAreRefused(t *testing.T) {
	f := &hintsFile{path: filepath.Join(t.TempDir(), "hints.json")}
	if err := f.write(1, reconcile.Hints{Revision: "abc", Clean: true}); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text string }{
		{"cut off", string(good[:len(good)/2])},
		{"changed", strings.Replace(string(good), "abc", "abd", 1)},
		{"another version", strings.Replace(string(good), `"version":1`, `"version":9`, 1)},
		{"empty", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(f.path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if h, err := (&hintsFile{path: f.path}).take(); h != nil || err == nil {
				t.Errorf("%+v, %v", h, err)
			}
		})
	}
}

func TestStateFolderIsTakenOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	synctest.Test(t, func(t *testing.T) {
		unlock, err := lock(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock(t.Context(), dir); !errors.Is(err, errLocked) || !strings.Contains(err.Error(), "process ") {
			t.Errorf("second agent: %v", err)
		}
		unlock()
		again, err := lock(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		again()
	})
}

// What a dead agent was about to start holds its lock for a moment.
func TestStateFolderOfADeadAgentIsWaitedFor(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	synctest.Test(t, func(t *testing.T) {
		unlock, err := lock(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, unlock)
		next, err := lock(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		next()
	})
}
