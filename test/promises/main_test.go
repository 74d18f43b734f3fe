package promises

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
)

// The programs under test, built once.
var (
	heatsyncFile string
	dockerFile   string
)

// TestMain builds the programs. A copy of the test's own program is a driver when
// its name says so.
func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(filepath.Base(os.Args[0]), driver.FilePrefix); ok {
		driver.Serve(newIndiscreet(name))
	}
	os.Exit(runAll(m))
}

// buildBareDriver gives the file of testdata/bare, without what a debugger needs:
// it is copied often.
func buildBareDriver(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bare")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", file, "./testdata/bare")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the bare driver: %v\n%s", err, out)
	}
	return file
}

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "heatsync-promises-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	heatsyncFile, dockerFile = filepath.Join(dir, "heatsync"), filepath.Join(dir, "heatsync-driver-docker")
	build := exec.Command("go", "build", "-o", dir, "../../cmd/heatsync", "../../cmd/heatsync-driver-docker")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
