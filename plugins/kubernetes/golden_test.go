package kubernetes_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
	"github.com/heatsync/heatsync/test/golden"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestGolden renders each testdata/*.txtar: a cluster, as the agent resolves it,
// what is wanted of it, and the root template. A digest that moves here is an
// update of every such stack once the driver is installed: mean it, and raise
// Version.
func TestGolden(t *testing.T) {
	golden.Run(t, "testdata/*.txtar", 1, *update, func(t *testing.T, story map[string][]byte) []txtar.File {
		c := golden.Strict[driver.Cluster](t, story["cluster.json"])
		want := []txtar.File{{Name: "want", Data: rendered(newDriver().Render(driver.RenderInput{Cluster: c, Secrets: secrets()}))}}
		if stack, _ := kubernetes.Rendered(options(), c); stack.Template != "" {
			want = append(want, txtar.File{Name: "kubernetes.yaml", Data: []byte(stack.Template)})
		}
		return want
	})
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
