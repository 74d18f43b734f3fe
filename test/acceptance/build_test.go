package acceptance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The programs under test, built once.
var (
	heatsyncFile string
	driverFile   string
)

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "heatsync-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	heatsyncFile, driverFile = filepath.Join(dir, "heatsync"), filepath.Join(dir, "heatsync-driver-docker")
	build := exec.Command("go", "build", "-o", dir, "../../cmd/heatsync", "../../cmd/heatsync-driver-docker", "../../cmd/heatsync-driver-kubernetes",
		"./testdata/says", "./testdata/silent")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	// Stories wait for processes most of their time, so more of them than there
	// are processors go side by side.
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
