package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/drivertest"
)

// TestConformance builds the program and holds it to every case.
func TestConformance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heatsync-driver-cache")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	drivertest.RunBinary(t, path, drivertest.Options{
		Cluster: driver.Cluster{
			Fleet: "prod", Name: "sessions", COE: "cache", Image: "debian", Flavor: "m1.small", FixedNetwork: "private",
			FloatingIPEnabled: true, TimeoutMinutes: 30,
		},
		Change: func(c *driver.Cluster) { c.Flavor = "m1.medium" },
	})
}

// TestItIsShort holds the promise that a useful driver takes less than 60 lines.
func TestItIsShort(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n >= 60 {
		t.Errorf("main.go has %d lines", n)
	}
}
