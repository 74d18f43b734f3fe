package docker_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v3"

	"github.com/heatsync/heatsync/plugins/docker"
	"github.com/heatsync/heatsync/plugins/driver"
)

// TestWhatServersBoot reads the user data as Heat makes it.
func TestWhatServersBoot(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*driver.Cluster)
		want   map[string]any // daemon.json
		env    string
	}{
		{
			"the least", func(*driver.Cluster) {},
			map[string]any{
				"log-driver": "json-file", "log-opts": map[string]any{"max-size": "50m"}, "storage-driver": "overlay2",
				"registry-mirrors": []any{}, "insecure-registries": []any{},
			},
			`Environment="HTTP_PROXY=" "HTTPS_PROXY=" "NO_PROXY="`,
		},
		{
			"all there is", func(c *driver.Cluster) {
				c.InsecureRegistry, c.DockerStorageDriver, c.DockerVolumeSizeGiB = "registry.example.org:5000", "btrfs", 10
				c.HTTPProxy, c.HTTPSProxy, c.NoProxy = "http://proxy:3128", "http://proxy:3129", "localhost,.example.org"
				c.Labels = map[string]string{"docker_registry_mirror": "https://mirror.example.org", "docker_log_max_size": "1g"}
			},
			map[string]any{
				"log-driver": "json-file", "log-opts": map[string]any{"max-size": "1g"}, "storage-driver": "btrfs",
				"registry-mirrors": []any{"https://mirror.example.org"}, "insecure-registries": []any{"registry.example.org:5000"},
			},
			`Environment="HTTP_PROXY=http://proxy:3128" "HTTPS_PROXY=http://proxy:3129" "NO_PROXY=localhost,.example.org"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := web()
			c.change(&cluster)
			files := booted(t, cluster)
			var daemon map[string]any
			if err := json.Unmarshal([]byte(files["/etc/docker/daemon.json"]), &daemon); err != nil {
				t.Fatalf("%v\n%s", err, files["/etc/docker/daemon.json"])
			}
			if diff := cmp.Diff(c.want, daemon); diff != "" {
				t.Errorf("daemon.json (-want +got):\n%s", diff)
			}
			if unit := files["/etc/systemd/system/docker.service.d/heatsync.conf"]; !strings.Contains(unit, c.env) {
				t.Errorf("the unit lacks %s:\n%s", c.env, unit)
			}
			for name, text := range files {
				if strings.Contains(text, "%HTTP") || strings.Contains(text, "%VOLUME") || strings.Contains(text, "%LOG") {
					t.Errorf("%s has a placeholder left:\n%s", name, text)
				}
			}
		})
	}
}

// booted gives the files that the user data of a cluster's servers writes.
func booted(t *testing.T, c driver.Cluster) map[string]string {
	t.Helper()
	s := simulated(t)
	x := &teller{t, s, docker.New(), c}
	p := x.plan(driver.IntentPresent, driver.Stack{}, false)
	x.apply(p.Steps[0], p.Digest, driver.Stack{})
	s.Sim.Settle()
	var text string
	for _, stack := range s.Sim.Stacks("", false, false) {
		for _, r := range stack.Resources {
			if r.Name == "boot" {
				text, _ = r.Properties["config"].(string)
			}
		}
	}
	var config struct {
		Files []struct{ Path, Content string } `yaml:"write_files"`
	}
	if err := yaml.Unmarshal([]byte(text), &config); err != nil || !strings.HasPrefix(text, "#cloud-config\n") {
		t.Fatalf("%v\n%s", err, text)
	}
	files := map[string]string{}
	for _, f := range config.Files {
		files[f.Path] = f.Content
	}
	return files
}
