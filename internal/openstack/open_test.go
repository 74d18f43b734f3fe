package openstack_test

import (
	"os"
	"path/filepath"
	"testing"
)

// written puts text into a clouds.yaml of its own.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
