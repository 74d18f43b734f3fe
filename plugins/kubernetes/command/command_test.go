package command

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// run gives what a command prints, and its status.
func run(args ...string) (out, errs string, status int) {
	var stdout, stderr bytes.Buffer
	status = Run(args, &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}

// upstream serves a chart for each archive of the catalog, and checksums of them
// and of every program.
func upstream(t *testing.T) *httptest.Server {
	t.Helper()
	charts := map[string][]byte{}
	for _, u := range versions.Default().Upstream() {
		charts[path.Base(u.Download.URL)] = chart(t, u.Pick+"things.yaml")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file := path.Base(r.URL.Path)
		name := strings.TrimSuffix(strings.TrimSuffix(file, ".sha256sum"), ".sha256")
		switch {
		case charts[file] != nil:
			_, _ = w.Write(charts[file])
		case file == "SHA256SUMS":
			for name, chart := range charts {
				fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(chart), name)
			}
		case file == "index.yaml":
			fmt.Fprintln(w, "entries:\n  charts:")
			for name, chart := range charts {
				fmt.Fprintf(w, "  - {digest: %x, urls: [%s]}\n", sha256.Sum256(chart), name)
			}
		case name == "runc":
			fmt.Fprintf(w, "%x  runc.amd64\n", sha256.Sum256(nil))
		default:
			fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(nil), name)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func chart(t *testing.T, file string) []byte {
	t.Helper()
	text := "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\n"
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	packed := tar.NewWriter(zipped)
	if err := packed.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	_, _ = packed.Write([]byte(text))
	_ = packed.Close()
	_ = zipped.Close()
	return out.Bytes()
}

var written = regexp.MustCompile(`sha256: "[0-9a-f]{64}"`)

// folder copies the versions' files, without their checksums.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob("../versions/data/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = written.ReplaceAll(text, []byte(`sha256: ""`))
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// From files without checksums to the bundle, as the operator's page tells it.
func TestFromUpdateToBundle(t *testing.T) {
	dir, mirror := folder(t), upstream(t).URL
	file := filepath.Join(t.TempDir(), "addons.tar.gz")
	_, errs, status := run("versions", "bundle", "--dir", dir, "--out", file)
	if status != 1 || !strings.Contains(errs, "add-on calico: ") || !strings.Contains(errs, "add-on prometheus: ") || !strings.Contains(errs, "versions update") {
		t.Errorf("%d %s", status, errs)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a bundle of what has no checksum")
	}
	out, errs, status := run("versions", "update", "--dir", dir, "--mirror", mirror)
	if status != 0 || !strings.Contains(out, ": kubelet "+versions.Default().Latest()+" ") {
		t.Fatalf("%d %s %s", status, out, errs)
	}
	out, errs, status = run("versions", "bundle", "--dir", dir, "--mirror", mirror, "--out", file)
	if status != 0 {
		t.Fatalf("%d %s", status, errs)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("addons_sha256: %x\n", sha256.Sum256(data)); !strings.HasSuffix(out, want) {
		t.Errorf("it prints %s, want %s", out, want)
	}
	out, _, status = run("versions", "update", "--dir", dir, "--mirror", mirror)
	if status != 0 || out != "nothing to change\n" {
		t.Errorf("%d %s", status, out)
	}
	out, _, status = run("versions", "list", "--dir", dir)
	if status != 0 || strings.Count(out, " complete\n") != 4 {
		t.Errorf("%d %s", status, out)
	}
}

func TestBundleRefusesAnotherArchive(t *testing.T) {
	dir := folder(t)
	if _, errs, status := run("versions", "update", "--dir", dir, "--mirror", upstream(t).URL); status != 0 {
		t.Fatal(errs)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "other") }))
	defer other.Close()
	_, errs, status := run("versions", "bundle", "--dir", dir, "--mirror", other.URL, "--out", filepath.Join(t.TempDir(), "x"))
	if status != 1 || !strings.Contains(errs, "its SHA-256 is") {
		t.Errorf("%d %s", status, errs)
	}
}

func TestListForAMirror(t *testing.T) {
	oldest, latest := versions.Default().Versions()[0], versions.Default().Latest()
	out, _, status := run("versions", "list", "--images", "--release", strings.TrimPrefix(oldest, "v"))
	tags := versions.Default().Images(oldest)
	for _, want := range []string{"registry.k8s.io/coredns/coredns:" + tags["coredns_tag"] + "\n", "registry.k8s.io/kubectl:" + oldest + "\n", "quay.io/calico/node:" + tags["calico_tag"] + "\n"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("%d: no %s", status, want)
		}
	}
	out, _, status = run("versions", "list", "--urls", "--dir", folder(t))
	if status != 0 || strings.Count(out, "kubelet\n") != 4 || !strings.Contains(out, "- https://dl.k8s.io/release/"+latest+"/bin/linux/amd64/kubelet\n") {
		t.Errorf("%d %s", status, out)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for _, test := range []struct {
		want string
		args []string
	}{
		{`required flag(s) "out" not set`, []string{"versions", "bundle"}},
		{`unknown command "x"`, []string{"x"}},
		{"the nearest are v1.33.", []string{"versions", "list", "--release", "v1.20.0"}},
		{"addons.yaml is not there", []string{"versions", "list", "--dir", t.TempDir()}},
	} {
		_, errs, status := run(test.args...)
		if status != 1 || !strings.HasPrefix(errs, "heatsync-driver-kubernetes: ") || !strings.Contains(errs, test.want) {
			t.Errorf("%v: %d %s", test.args, status, errs)
		}
	}
}
