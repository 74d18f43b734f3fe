package drivertest_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestAuthorsDoNotGetTheAgent holds what a driver's module has to build: the
// packages an author imports must not bring the agent's dependencies.
func TestAuthorsDoNotGetTheAgent(t *testing.T) {
	const module = "github.com/heatsync/heatsync/"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps",
		module+"plugins/driver", module+"plugins/driverpb", module+"plugins/heatstack", module+"plugins/drivertest").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		for _, banned := range []string{
			"github.com/go-git/", "github.com/prometheus/", "github.com/spf13/", "go.opentelemetry.io/",
			module + "agent", module + "cmd", module + "metrics", module + "internal/driverhost",
		} {
			if strings.HasPrefix(path, banned) {
				t.Errorf("a driver's author gets %s", path)
			}
		}
	}
}
