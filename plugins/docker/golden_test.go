package docker_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestGolden renders each testdata/*.txtar: a cluster, as the agent resolves it,
// and what is wanted of it. A digest that moves here is an update of every such
// stack once the driver is installed: mean it, and raise Version.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c driver.Cluster
			in := json.NewDecoder(bytes.NewReader(story.Files[0].Data))
			in.DisallowUnknownFields()
			if err := in.Decode(&c); err != nil {
				t.Fatalf("%s: %v", story.Files[0].Name, err)
			}
			got := rendered(docker.New().Render(driver.RenderInput{Cluster: c}))
			if *update {
				story.Files = append(story.Files[:1], txtar.File{Name: "want", Data: got})
				if err := os.WriteFile(file, txtar.Format(story), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(story.Files) != 2 || story.Files[1].Name != "want" {
				t.Fatal("want cluster.json and want; run the test with -update")
			}
			if diff := cmp.Diff(string(story.Files[1].Data), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// rendered writes a render for people to review.
func rendered(r driver.Rendered) []byte {
	var b bytes.Buffer
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n    %s\n", []string{"", "error", "warning"}[d.Severity], d.Path, d.Summary, d.Remedy)
	}
	if r.Digest != "" {
		fmt.Fprintln(&b, "digest", r.Digest)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		fmt.Fprintf(&b, "%s = %s\n", name, r.Parameters[name])
	}
	return b.Bytes()
}
