package docker_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
)

// binary is the name under which this test binary is the driver.
const binary = "heatsync-driver-docker"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == binary {
		driver.Serve(docker.New())
	}
	os.Exit(m.Run())
}

func conformance() drivertest.Options {
	return drivertest.Options{
		Cluster: web(),
		Change:  func(c *driver.Cluster) { c.Labels = map[string]string{"published_ports": "80"} },
	}
}

func TestConformance(t *testing.T) { drivertest.Run(t, docker.New(), conformance()) }

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
