package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/reconcile/spec"
)

func TestAgentConfigs(t *testing.T) {
	tests := []struct {
		file     string
		readOnly bool
	}{
		{"agent/heatsync.yaml", false},
		{"agent/directory.yaml", true},
		{"../packaging/heatsync.yaml", true}, // a package must not write before somebody says so
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			c, err := config.Load(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Fleets) != 1 {
				t.Fatalf("%d fleets, want 1", len(c.Fleets))
			}
			f := c.Fleets[0]
			if f.Name != "prod" || f.ReadOnly != tt.readOnly {
				t.Errorf("fleet %q with readOnly %t, want \"prod\" with %t", f.Name, f.ReadOnly, tt.readOnly)
			}
		})
	}
}

func TestFleet(t *testing.T) {
	var files []*spec.File
	err := filepath.WalkDir("fleet", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files = append(files, spec.Parse(path, text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	set := spec.NewSet("prod")
	set.Apply(files, nil)
	_, wrong := set.Fleet()
	for _, d := range slices.Concat(wrong, set.Diagnostics()) {
		t.Error(d)
	}
	want := []string{"builder", "intranet", "web"}
	if diff := cmp.Diff(want, set.Names()); diff != "" {
		t.Errorf("clusters (-want +got):\n%s", diff)
	}
	for _, name := range want {
		c, ok := set.Cluster(name)
		if !ok || c.Cluster == nil || c.Cluster.COE != "docker" {
			t.Errorf("%s: not a docker cluster: %+v", name, c)
		}
	}
}
