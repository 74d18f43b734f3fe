package docker_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/test/golden"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestGolden renders each testdata/*.txtar: a cluster, as the agent resolves it,
// and what is wanted of it. A digest that moves here is an update of every such
// stack once the driver is installed: mean it, and raise Version.
func TestGolden(t *testing.T) {
	golden.Run(t, "testdata/*.txtar", 1, *update, func(t *testing.T, story map[string][]byte) []txtar.File {
		c := golden.Strict[driver.Cluster](t, story["cluster.json"])
		return []txtar.File{{Name: "want", Data: rendered(docker.New().Render(driver.RenderInput{Cluster: c}))}}
	})
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
