package versions

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var written = regexp.MustCompile(`sha256: "[0-9a-f]{64}"`)

// known is the newest built-in release of 1.34.
func known() string {
	all := Default().Versions()
	return all[slices.IndexFunc(all, func(v string) bool { return minorOf(v) == "v1.35" })-1]
}

// folder gives the files that are built in, without their checksums, to be changed
// by a test.
func folder(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(embedded, "data", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(path)
		out[d.Name()] = &fstest.MapFile{Data: written.ReplaceAll(text, []byte(`sha256: ""`))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A checksum that nobody wrote from upstream's file is worse than none.
func TestDefaultKnowsFourMinors(t *testing.T) {
	c := Default()
	var minors []string
	for _, v := range c.Versions() {
		r, err := c.Release(v)
		if err != nil {
			t.Fatal(err)
		}
		minors = append(minors, r.Minor())
		for p, d := range r.Downloads {
			if !strings.HasPrefix(d.URL, "https://") {
				t.Errorf("%s: %s comes from %s", v, p, d.URL)
			}
		}
	}
	if diff := cmp.Diff([]string{"v1.33", "v1.34", "v1.35", "v1.36"}, minors); diff != "" {
		t.Error(diff)
	}
	if minorOf(c.Latest()) != "v1.36" {
		t.Errorf("latest is %s", c.Latest())
	}
}

func TestImagesFollowTheMinor(t *testing.T) {
	c := Default()
	for version, want := range map[string]string{"v1.33.1": "v1.33.1", "v1.34.9": "v1.34.1", "v1.36.0": "v1.36.0", "v1.99.0": "v1.36.0"} {
		if got := c.Images(version)["cloud_provider_tag"]; got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
	c.Images("v1.36.0")["calico_tag"] = "changed"
	if c.Images("v1.36.0")["calico_tag"] == "changed" {
		t.Error("the map is the catalog's own")
	}
}

func TestUnknownReleaseNamesTheNearest(t *testing.T) {
	c := New(release("v1.33.2"), release("v1.34.1"), release("v1.34.7"), release("v1.36.0"))
	for _, test := range []struct {
		version string
		want    []string
	}{
		{"v1.34.2", []string{"v1.34.1", "v1.34.7"}},
		{"1.34.6", []string{"v1.34.7", "v1.34.1"}},
		{"v1.35.0", []string{"v1.36.0", "v1.34.1"}},
		{"v1.23.3-rancher1", []string{"v1.36.0", "v1.34.7"}},
		{"", []string{"v1.36.0", "v1.34.7"}},
	} {
		_, err := c.Release(test.version)
		var unknown *UnknownError
		if !errors.As(err, &unknown) || !slices.Equal(unknown.Nearest, test.want) {
			t.Errorf("%q: %v", test.version, err)
		}
	}
	if r, err := c.Release("1.34.7"); err != nil || r.Kubernetes != "v1.34.7" {
		t.Errorf("without v: %v %v", r, err)
	}
}

func release(version string) Release {
	return Release{Kubernetes: version, Downloads: map[Program]Download{Kubeadm: {Version: version, URL: "https://x/" + version}}}
}

func TestMissingNamesWhatHasNoChecksum(t *testing.T) {
	r := release("v1.34.1")
	r.Downloads[Runc] = Download{Version: "v1", URL: "https://x/v1", SHA256: strings.Repeat("a", 64)}
	if got := r.Missing(); !slices.Equal(got, []Program{Kubeadm}) {
		t.Errorf("missing %v", got)
	}
}

func TestParseRefuses(t *testing.T) {
	v := known()
	change := func(file, old, text string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			data := strings.Replace(string(files[file].Data), old, text, 1)
			files[file] = &fstest.MapFile{Data: []byte(data)}
		}
	}
	for _, test := range []struct {
		name   string
		change func(fstest.MapFS)
		want   string
	}{
		{"an unknown field", change("v1.34.yaml", "kubernetes:", "colour: red\nkubernetes:"), `v1.34.yaml:10: unknown field "colour"`},
		{"a field twice", change("v1.34.yaml", "programs:", "kubernetes: v1.34.1\nprograms:"), `v1.34.yaml:11: the field "kubernetes" stands there twice`},
		{"an unknown program", change("v1.34.yaml", "  runc:", "  crun:"), `unknown program "crun"`},
		{"a short checksum", change("v1.34.yaml", `sha256: ""`, `sha256: abc`), `v1.34.yaml:15: sha256 is 64 hexadecimal digits`},
		{"a checksum in capitals", change("v1.34.yaml", `sha256: ""`, `sha256: `+strings.Repeat("A", 64)), `v1.34.yaml:15: sha256 is 64`},
		{"no checksum file", change("v1.34.yaml", "    checksums: https://dl.k8s.io/release/"+v+"/bin/linux/amd64/kubeadm.sha256\n", ""), "v1.34.yaml:13: checksums is not set"},
		{"a URL without host", change("v1.34.yaml", "url: https://dl.k8s.io/", "url: /"), "is not the URL of a file"},
		{"a URL of another version", change("v1.34.yaml", "release/"+v, "release/v1.34.0"), "the URL does not name the version " + v},
		{"kubeadm of another version", change("v1.34.yaml", "kubernetes: "+v, "kubernetes: v1.34.0"), "kubeadm is " + v + ", not v1.34.0"},
		{"a file of another minor", func(files fstest.MapFS) { files["v1.35.yaml"] = files["v1.34.yaml"] }, "v1.35.yaml:10: the release " + v + " belongs in v1.34.yaml"},
		{"a release twice", func(files fstest.MapFS) {
			data := files["v1.34.yaml"].Data
			files["v1.34.yaml"] = &fstest.MapFile{Data: slices.Concat(data, []byte("---\n"), data)}
		}, "the release " + v + " stands there twice"},
		{"no list of add-ons", func(files fstest.MapFS) { delete(files, addonsFile) }, "addons.yaml is not there"},
		{"an empty file", func(files fstest.MapFS) { files["v1.37.yaml"] = &fstest.MapFile{} }, "v1.37.yaml:1: the file is empty"},
		{"no YAML", change("v1.34.yaml", "programs:", "\tprograms:"), "v1.34.yaml: line "},
		{"a tag with a slash", change(addonsFile, "draino_tag: abf028a", "draino_tag: a/b"), `draino_tag: "a/b" is not the tag`},
		{"a minor with a patch", change(addonsFile, "  v1.33:", "  v1.33.1:"), `"v1.33.1" is not a minor`},
		{"an archive without pick", change(addonsFile, "    pick: tigera-operator/crds/calico/\n", ""), "pick is not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := folder(t)
			test.change(files)
			if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
