package boot_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// unpacked is a file as it lies on a node.
type unpacked struct {
	path   string
	mode   int64
	text   string
	packed bool
}

// unpack reads a text as the node's own reader does. What Heat fills in stays a
// placeholder. The second answer is what is said of units.
func unpack(t *testing.T, system boot.System, text string) (files []unpacked, units []string) {
	t.Helper()
	if system == boot.Ubuntu || system == boot.FedoraAtomic {
		return unpackCloudConfig(t, text)
	}
	return unpackIgnition(t, text)
}

func unpackCloudConfig(t *testing.T, text string) (files []unpacked, units []string) {
	t.Helper()
	if !strings.HasPrefix(text, "#cloud-config\n") {
		t.Fatalf("cloud-init does not know this for its own: %.40q", text)
	}
	var document struct {
		WriteFiles []struct {
			Path        string `yaml:"path"`
			Permissions string `yaml:"permissions"`
			Encoding    string `yaml:"encoding"`
			Content     string `yaml:"content"`
		} `yaml:"write_files"`
		RunCmd [][]string `yaml:"runcmd"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, f := range document.WriteFiles {
		mode, err := strconv.ParseInt(f.Permissions, 8, 32)
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		entry := unpacked{path: f.Path, mode: mode, text: f.Content}
		switch f.Encoding {
		case "b64", "":
		case "gz+b64":
			entry.text, entry.packed = gunzip(t, f.Content), true
		default:
			t.Fatalf("%s: encoding %q", f.Path, f.Encoding)
		}
		files = append(files, entry)
	}
	for _, command := range document.RunCmd {
		units = append(units, strings.Join(command, " "))
	}
	return files, units
}

func unpackIgnition(t *testing.T, text string) (files []unpacked, units []string) {
	t.Helper()
	var document struct {
		Ignition struct{ Version string }
		Storage  struct {
			Files []struct {
				Path      string
				Mode      int64
				Overwrite bool
				Contents  struct{ Compression, Source string }
			}
		}
		Systemd struct {
			Units []struct {
				Name, Contents string
				Enabled, Mask  bool
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	units = append(units, "ignition "+document.Ignition.Version)
	for _, f := range document.Storage.Files {
		entry := unpacked{path: f.Path, mode: f.Mode}
		if encoded, ok := strings.CutPrefix(f.Contents.Source, "data:;base64,"); ok {
			entry.text = encoded
			if f.Contents.Compression == "gzip" {
				entry.text, entry.packed = gunzip(t, encoded), true
			}
		} else {
			plain, err := url.PathUnescape(strings.TrimPrefix(f.Contents.Source, "data:,"))
			if err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			entry.text = plain
		}
		files = append(files, entry)
	}
	for _, u := range document.Systemd.Units {
		if u.Contents != "" {
			files = append(files, unpacked{path: "/etc/systemd/system/" + u.Name, mode: 0o644, text: u.Contents})
		}
		if u.Enabled || u.Mask {
			units = append(units, fmt.Sprintf("%s enabled=%t mask=%t", u.Name, u.Enabled, u.Mask))
		}
	}
	return files, units
}

func gunzip(t *testing.T, encoded string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if !reader.ModTime.IsZero() {
		t.Errorf("the archive says when it was made: %v", reader.ModTime)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// text of settings that are known to be good.
func text(t *testing.T, s boot.Settings) string {
	t.Helper()
	text, err := boot.Text(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fileOf is one file of a node.
func fileOf(t *testing.T, s boot.Settings, path string) string {
	t.Helper()
	files, _ := unpack(t, s.System, text(t, s))
	for _, f := range files {
		if f.path == path {
			return f.text
		}
	}
	t.Fatalf("there is no %s", path)
	return ""
}

// put writes a file and the folders above it.
func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
