package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
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

// fleet reads what the agent configs point at.
func fleet(t *testing.T) *spec.Set {
	t.Helper()
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
	return set
}

func TestFleet(t *testing.T) {
	set := fleet(t)
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

// TestDriversTakeTheFleet shows each cluster to the bundled drivers that serve it.
func TestDriversTakeTheFleet(t *testing.T) {
	bundled := []driver.Driver{docker.New(), kubernetes.New(kubernetes.Options{})}
	set := fleet(t)
	for _, name := range set.Names() {
		r, ok := set.Cluster(name)
		if !ok || r.Cluster == nil {
			t.Errorf("%s cannot be read", name)
			continue
		}
		c, served := carry.ClusterOf("prod", r.Cluster), false
		for _, d := range bundled {
			if !serves(d.Describe(), c) {
				continue
			}
			served = true
			for _, found := range slices.Concat(driver.Check(d.Describe(), c), d.(driver.Validator).Validate(c)) {
				t.Errorf("%s: %s: %s", name, found.Path, found.Summary)
			}
		}
		if !served {
			t.Errorf("%s: no bundled driver serves coe %q, distro %q, server type %q", name, c.COE, c.Distro, c.ServerType)
		}
	}
}

func serves(d driver.Description, c driver.Cluster) bool {
	return slices.ContainsFunc(d.Targets, func(t driver.Target) bool {
		return t.COE == c.COE && (t.Distro == "" || t.Distro == c.Distro) && (t.ServerType == "" || t.ServerType == c.ServerType)
	})
}
