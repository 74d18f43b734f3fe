package kubernetes_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
)

// binary is the name under which this test binary is the driver.
const binary = "heatsync-driver-kubernetes"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == binary {
		driver.Serve(newDriver())
	}
	os.Exit(m.Run())
}

func conformance() drivertest.Options {
	return drivertest.Options{
		Cluster: blue(),
		Change:  func(c *driver.Cluster) { c.Labels = map[string]string{"ssh_allowed_cidrs": "192.0.2.0/24"} },
	}
}

func TestConformance(t *testing.T) { drivertest.Run(t, newDriver(), conformance()) }

func TestConformanceAsAProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), binary)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	drivertest.RunBinary(t, path, conformance())
}
