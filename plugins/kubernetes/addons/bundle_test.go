package addons

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %s}
`

// archive packs files as upstream's charts are packed.
func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	packed := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := packed.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))})
		if err == nil {
			_, err = packed.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// picked is what the catalog's archives would give, were they these.
func picked(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, u := range versions.Default().Upstream() {
		files, err := Pick(u, archive(t, map[string]string{
			u.Pick + "things.yaml": fmt.Sprintf(definition, u.Addon+".example.org"),
			u.Pick + "README.md":   "no",
			"elsewhere/all.yaml":   "kind: Secret",
		}))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(out, files)
	}
	return out
}

func TestBundleIsTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	one, err := Bundle(&first, Manifests(), picked(t))
	if err != nil {
		t.Fatal(err)
	}
	two, err := Bundle(&second, Manifests(), picked(t))
	if err != nil || one != two || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("%s and %s, %v", one, two, err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(first.Bytes())); sum != one {
		t.Errorf("it says %s and is %s", one, sum)
	}
}

func TestBundleRefusesAFileTwice(t *testing.T) {
	_, err := Bundle(io.Discard, Manifests(), map[string][]byte{"flannel/flannel.yaml": nil})
	if err == nil {
		t.Error("it took both")
	}
}

// unpack does what a node does with the bundle.
func unpack(t *testing.T, bundle []byte) fstest.MapFS {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(bundle))
	if err != nil {
		t.Fatal(err)
	}
	out, before := fstest.MapFS{}, ""
	for in := tar.NewReader(zipped); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if header.Name <= before || header.ModTime.Unix() != 0 || header.Uid != 0 || header.Gid != 0 || header.Mode != 0o644 {
			t.Errorf("%+v after %s", header, before)
		}
		before = header.Name
		out[header.Name] = &fstest.MapFile{Data: text}
	}
}

// From the bundle alone, a node has what each selection needs: for each network
// driver and ingress controller every placeholder is filled in, every document is
// an object, and definitions come before what they define.
func TestABundleServesEverySelection(t *testing.T) {
	var bundle bytes.Buffer
	if _, err := Bundle(&bundle, Manifests(), picked(t)); err != nil {
		t.Fatal(err)
	}
	files := unpack(t, bundle.Bytes())
	for _, in := range everySelection() {
		t.Run(in.NetworkDriver+"-"+in.Labels["ingress_controller"], func(t *testing.T) {
			in.Labels["grafana_admin_passwd"] = "plain"
			s, _ := Select(in)
			objects := applied(t, files, s)
			defined := map[string]bool{}
			for _, o := range objects {
				if m := placeholder.FindString(string(o.text)); m != "" {
					t.Errorf("%s: %s still has %s", o.file, o.key(), m)
				}
				if o.Kind == "CustomResourceDefinition" {
					defined[o.Metadata.Name] = true
				}
				if o.Kind == "VolumeSnapshotClass" && !defined["volumesnapshotclasses.snapshot.storage.k8s.io"] {
					t.Errorf("%s comes before its definition", o.key())
				}
				if o.Kind == "ServiceMonitor" && !defined["prometheus.example.org"] {
					t.Errorf("%s comes before its definition", o.key())
				}
			}
			if in.NetworkDriver == calico && !defined["calico.example.org"] {
				t.Error("Calico's definitions are not there")
			}
		})
	}
}

func TestPickRefuses(t *testing.T) {
	u := versions.Upstream{Addon: "calico", Pick: "chart/crds/", Download: versions.Download{URL: "https://example.org/chart.tgz"}}
	for _, test := range []struct {
		name    string
		archive []byte
		want    string
	}{
		{"no archive", []byte("<!doctype html><html></html>"), "gzip: invalid header"},
		{"nothing to pick", archive(t, map[string]string{"chart/values.yaml": "a: 1"}), "no file whose path begins with chart/crds/"},
		{"another kind", archive(t, map[string]string{"chart/crds/a.yaml": "kind: ClusterRoleBinding\nmetadata: {name: x}"}), "not a custom resource definition"},
		{"a template", archive(t, map[string]string{"chart/crds/a.yaml": "{{- if .Values.crds }}\nkind: x\n{{- end }}"}), "yaml:"},
		{"an empty file", archive(t, map[string]string{"chart/crds/a.yaml": "# nothing\n"}), "it is empty"},
		{"one name in two folders", archive(t, map[string]string{
			"chart/crds/a/x.yaml": fmt.Sprintf(definition, "x"), "chart/crds/b/x.yaml": fmt.Sprintf(definition, "y"),
		}), "it has x.yaml twice"},
		{"cut off", archive(t, map[string]string{"chart/crds/a.yaml": fmt.Sprintf(definition, "x")})[:60], "unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Pick(u, test.archive); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
