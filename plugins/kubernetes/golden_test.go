package kubernetes_test

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

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestGolden renders each testdata/*.txtar: a cluster, as the agent resolves it,
// what is wanted of it, and the root template. A digest that moves here is an
// update of every such stack once the driver is installed: mean it, and raise
// Version.
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
			want := []txtar.File{{Name: "want", Data: rendered(newDriver().Render(driver.RenderInput{Cluster: c, Secrets: secrets()}))}}
			if stack, _ := kubernetes.Rendered(options(), c); stack.Template != "" {
				want = append(want, txtar.File{Name: "kubernetes.yaml", Data: []byte(stack.Template)})
			}
			if *update {
				story.Files = append(story.Files[:1], want...)
				if err := os.WriteFile(file, txtar.Format(story), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(texts(want), texts(story.Files[1:])); diff != "" {
				t.Errorf("run the test with -update (-rendered +testdata):\n%s", diff)
			}
		})
	}
}

func texts(files []txtar.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// rendered writes a render for people to review.
func rendered(r driver.Rendered) []byte {
	var b bytes.Buffer
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n    %s\n", d.Severity, d.Path, d.Summary, d.Remedy)
	}
	if r.Digest != "" {
		fmt.Fprintln(&b, "digest", r.Digest)
		fmt.Fprintln(&b, "resources", r.Resources)
		fmt.Fprintln(&b, "secrets", r.Secrets)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		if r.Parameters[name] != "" {
			fmt.Fprintf(&b, "%s = %s\n", name, r.Parameters[name])
		}
	}
	return b.Bytes()
}
