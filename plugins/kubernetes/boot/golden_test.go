package boot_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestGolden holds what nodes boot against the files of testdata, unpacked: a
// list of all with their modes, and the text of each but the script, which is
// the same everywhere and lies in the folder script.
func TestGolden(t *testing.T) {
	for _, story := range stories() {
		t.Run(story.name, func(t *testing.T) {
			files, units := unpack(t, story.settings.System, text(t, story.settings))
			var archive txtar.Archive
			var list strings.Builder
			for _, unit := range units {
				fmt.Fprintln(&list, unit)
			}
			for _, f := range files {
				fmt.Fprintf(&list, "%04o %s\n", f.mode, f.path)
				if !f.packed && !strings.HasPrefix(f.text, "%") {
					archive.Files = append(archive.Files, txtar.File{Name: f.path, Data: []byte(f.text)})
				}
			}
			archive.Comment = []byte(list.String())
			got := txtar.Format(&archive)
			golden := filepath.Join("testdata", story.name+".txtar")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("what it boots (-want +got):\n%s", diff)
			}
		})
	}
}
