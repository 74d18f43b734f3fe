package config

import (
	"path/filepath"
	"testing"
)

// What is handed out as an example must load as it is.
func TestExamplesLoad(t *testing.T) {
	files, err := filepath.Glob("../../examples/agent/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if file = filepath.Clean(file); filepath.Base(file) == "clouds.yaml" {
			continue
		}
		c, err := Load(file)
		if err != nil || len(c.Fleets) == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
