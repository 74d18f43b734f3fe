package kubernetes_test

import (
	"encoding/json"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"
)

// unpacked gives the files that a boot text writes, by path; what is compressed
// stays so.
func unpacked(t *testing.T, text string) map[string]string {
	t.Helper()
	out := map[string]string{}
	if strings.HasPrefix(text, "#cloud-config\n") {
		var config struct {
			Files []struct{ Path, Content string } `yaml:"write_files"`
		}
		if err := yaml.Unmarshal([]byte(text), &config); err != nil {
			t.Fatal(err)
		}
		for _, f := range config.Files {
			out[f.Path] = f.Content
		}
		return out
	}
	var ignition struct {
		Storage struct {
			Files []struct {
				Path     string
				Contents struct{ Source string }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &ignition); err != nil {
		t.Fatal(err)
	}
	for _, f := range ignition.Storage.Files {
		out[f.Path] = f.Contents.Source
	}
	return out
}
