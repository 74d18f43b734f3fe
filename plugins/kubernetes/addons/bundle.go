package addons

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
	"go.yaml.in/yaml/v3"
)

// Bundle writes the bundle of add-ons, a tar.gz with a folder for each, and gives
// its SHA-256. The same files give the same bytes, whoever packs them when. Beside
// the manifests it packs what [Pick] took from upstream, by its path in the bundle.
func Bundle(w io.Writer, manifests fs.FS, upstream map[string][]byte) (string, error) {
	files := maps.Clone(upstream)
	if files == nil {
		files = map[string][]byte{}
	}
	err := fs.WalkDir(manifests, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, ok := files[name]; ok {
			return fmt.Errorf("%s comes from upstream as well", name)
		}
		files[name], err = fs.ReadFile(manifests, name)
		return err
	})
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	zipped, _ := gzip.NewWriterLevel(io.MultiWriter(w, sum), gzip.BestCompression)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return "", err
		}
		if _, err := archive.Write(files[name]); err != nil {
			return "", err
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

const maxPicked = 64 << 20 // bytes of one archive's definitions, unpacked

// Pick takes from an upstream archive, a tar.gz, the files that belong into the
// bundle, by their path there. They come before the add-on's own manifests. It
// takes nothing but custom resource definitions.
func Pick(u versions.Upstream, archive []byte) (map[string][]byte, error) {
	wrong := func(err error) error { return fmt.Errorf("%s: %w", u.Download.URL, err) }
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, wrong(err)
	}
	out, left := map[string][]byte{}, int64(maxPicked)
	for in := tar.NewReader(zipped); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, wrong(err)
		}
		if header.Typeflag != tar.TypeReg || !strings.HasPrefix(header.Name, u.Pick) || path.Ext(header.Name) != ".yaml" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(in, left+1))
		if err != nil {
			return nil, wrong(err)
		}
		if left -= int64(len(text)); left < 0 {
			return nil, wrong(fmt.Errorf("it has more than %d MiB of definitions", maxPicked>>20))
		}
		if err := definitions(text); err != nil {
			return nil, wrong(fmt.Errorf("%s: %w", header.Name, err))
		}
		name := u.Addon + "/00-" + path.Base(header.Name)
		if _, ok := out[name]; ok {
			return nil, wrong(fmt.Errorf("it has %s twice", path.Base(header.Name)))
		}
		out[name] = text
	}
	if len(out) == 0 {
		return nil, wrong(fmt.Errorf("it has no file whose path begins with %s", u.Pick))
	}
	return out, nil
}

// definitions refuses documents that are not custom resource definitions, such as
// templates of a chart.
func definitions(text []byte) error {
	some := false
	for in := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var d struct {
			Kind     string `yaml:"kind"`
			Metadata struct {
				Name string `yaml:"name"`
			} `yaml:"metadata"`
		}
		err := in.Decode(&d)
		switch {
		case errors.Is(err, io.EOF) && some:
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("it is empty")
		case err != nil:
			return err
		case d.Kind == "" && d.Metadata.Name == "": // nothing but comments
			continue
		case d.Kind != "CustomResourceDefinition" || d.Metadata.Name == "":
			return fmt.Errorf("it has a %q, not a custom resource definition", d.Kind)
		}
		some = true
	}
}
