// Package golden holds what a driver makes of stories to what was written down: txtar
// files with what is given first and what is wanted after it. A test that runs with
// -update writes what is wanted anew. It refuses to know what a story is about.
package golden

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Run plays each file of the pattern in a test of its own. made gives what is to be
// found there in place of the files that are not given; given says how many are. None
// is an error.
func Run(t *testing.T, pattern string, given int, update bool, made func(t *testing.T, story map[string][]byte) []txtar.File) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(story.Files) < given {
				t.Fatalf("%d files, and %d are given", len(story.Files), given)
			}
			have := made(t, texts(story.Files))
			if update {
				story.Files = append(story.Files[:given:given], have...)
				if err := os.WriteFile(file, txtar.Format(story), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings(have), strings(story.Files[given:])); diff != "" {
				t.Errorf("run the test with -update (-made +testdata):\n%s", diff)
			}
		})
	}
}

// Strict reads JSON without a word that T does not know.
func Strict[T any](t *testing.T, text []byte) T {
	t.Helper()
	var v T
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func texts(files []txtar.File) map[string][]byte {
	out := map[string][]byte{}
	for _, f := range files {
		out[f.Name] = f.Data
	}
	return out
}

// strings are files as diffs show them well.
func strings(files []txtar.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Data)
	}
	return out
}
