package versions

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed data
var embedded embed.FS

// addonsFile is the file of the add-ons; every other file is a minor's.
const addonsFile = "addons.yaml"

// Default gives the catalog that is built in. Each call reads it anew.
func Default() *Catalog {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		panic(err)
	}
	c, err := Parse(data)
	if err != nil {
		panic(err) // held by a test
	}
	return c
}

// Parse reads the files of a folder: one per Kubernetes minor, named after it, each
// with one YAML document per release, and addons.yaml. It takes no field that it
// does not know and none twice; an error begins with file and line.
func Parse(files fs.FS) (*Catalog, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, addonsFile) {
		return nil, fmt.Errorf("%s is not there", addonsFile)
	}
	c := &Catalog{releases: map[string]Release{}}
	for _, name := range names {
		documents, err := read(files, name)
		if err != nil {
			return nil, err
		}
		for _, d := range documents {
			if err := c.take(name, d); err != nil {
				return nil, err
			}
		}
	}
	if len(c.releases) == 0 {
		return nil, errors.New("there is no release")
	}
	return c, nil
}

// read gives the documents of a file.
func read(files fs.FS, name string) ([]*yaml.Node, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var out []*yaml.Node
	for in := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var document yaml.Node
		err := in.Decode(&document)
		switch {
		case errors.Is(err, io.EOF) && len(out) == 0:
			return nil, fmt.Errorf("%s:1: the file is empty", name)
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
		}
		out = append(out, document.Content[0])
	}
}

func (c *Catalog) take(name string, document *yaml.Node) error {
	at := place{file: name}
	if name == addonsFile {
		return c.takeAddons(at, document)
	}
	r, err := readRelease(at, document)
	if err != nil {
		return err
	}
	if name != r.Minor()+".yaml" {
		return at.errorf(document, "the release %s belongs in %s.yaml", r.Kubernetes, r.Minor())
	}
	if _, ok := c.releases[r.Kubernetes]; ok {
		return at.errorf(document, "the release %s stands there twice", r.Kubernetes)
	}
	c.add(r)
	return nil
}

func readRelease(at place, document *yaml.Node) (Release, error) {
	r := Release{Downloads: map[Program]Download{}}
	err := at.mapping(document, func(key string, value *yaml.Node) error {
		switch key {
		case "kubernetes":
			r.Kubernetes = value.Value
			if _, err := parse(value.Value); err != nil {
				return at.errorf(value, "%w", err)
			}
			return nil
		case "programs":
			return at.mapping(value, func(key string, value *yaml.Node) error {
				return at.program(r.Downloads, Program(key), value)
			})
		}
		return at.errorf(value, "unknown field %q", key)
	})
	if err != nil {
		return r, err
	}
	if r.Kubernetes == "" {
		return r, at.errorf(document, "kubernetes is not set")
	}
	for _, p := range programs {
		d, ok := r.Downloads[p]
		switch {
		case !ok:
			return r, at.errorf(document, "the program %s is not there", p)
		case slices.Contains(programs[:3], p) && d.Version != r.Kubernetes:
			return r, at.errorf(document, "%s is %s, not %s", p, d.Version, r.Kubernetes)
		}
	}
	return r, nil
}

func (at place) program(into map[Program]Download, p Program, value *yaml.Node) error {
	if p != Helm && !slices.Contains(programs, p) {
		return at.errorf(value, "unknown program %q", p)
	}
	e, err := at.entry(value)
	if err != nil {
		return err
	}
	into[p] = e.download
	return nil
}

func (c *Catalog) takeAddons(at place, document *yaml.Node) error {
	return at.mapping(document, func(key string, value *yaml.Node) error {
		var err error
		switch key {
		case "images":
			c.images, err = at.tags(value)
		case "minors":
			c.minors = map[string]map[string]string{}
			err = at.mapping(value, func(minor string, value *yaml.Node) error {
				if _, err := parse(minor + ".0"); err != nil {
					return at.errorf(value, "%q is not a minor such as v1.34", minor)
				}
				c.minors[minor], err = at.tags(value)
				return err
			})
		case "upstream":
			c.upstream, err = at.archives(value)
		default:
			return at.errorf(value, "unknown field %q", key)
		}
		return err
	})
}

var tagText = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

func (at place) tags(node *yaml.Node) (map[string]string, error) {
	out := map[string]string{}
	err := at.mapping(node, func(label string, value *yaml.Node) error {
		if !strings.HasSuffix(label, "_tag") || !tagText.MatchString(value.Value) {
			return at.errorf(value, "%s: %q is not the tag of an image", label, value.Value)
		}
		out[label] = value.Value
		return nil
	})
	return out, err
}

func (at place) archives(node *yaml.Node) ([]Upstream, error) {
	if node.Kind != yaml.SequenceNode {
		return nil, at.errorf(node, "a list belongs here")
	}
	var out []Upstream
	for _, n := range node.Content {
		e, err := at.entry(n, "addon", "pick")
		if err != nil {
			return nil, err
		}
		out = append(out, Upstream{Addon: e.extra["addon"], Download: e.download, Pick: e.extra["pick"]})
	}
	return out, nil
}

// entry is one download as its file has it.
type entry struct {
	download  Download
	checksums string            // URL of upstream's own checksum file
	sum       *yaml.Node        // where the checksum stands
	extra     map[string]string // further fields that its list has
}

var hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// entry reads a download; every field of it and of extra must be there.
func (at place) entry(node *yaml.Node, extra ...string) (entry, error) {
	e := entry{extra: map[string]string{}}
	fields := append([]string{"version", "url", "sha256", "checksums"}, extra...)
	found := map[string]bool{}
	err := at.mapping(node, func(key string, value *yaml.Node) error {
		found[key] = true
		text := value.Value
		switch {
		case !slices.Contains(fields, key):
			return at.errorf(value, "unknown field %q", key)
		case value.Kind != yaml.ScalarNode || text == "" && key != "sha256":
			return at.errorf(value, "%s is not set", key)
		case key == "version":
			e.download.Version = text
		case key == "url":
			e.download.URL = text
			return at.url(value)
		case key == "sha256":
			e.download.SHA256, e.sum = text, value
			if text != "" && !hex64.MatchString(text) {
				return at.errorf(value, "sha256 is 64 hexadecimal digits in lower case, or empty")
			}
		case key == "checksums":
			e.checksums = text
			return at.url(value)
		default:
			e.extra[key] = text
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	for _, f := range fields {
		if !found[f] {
			return e, at.errorf(node, "%s is not set", f)
		}
	}
	if !strings.Contains(e.download.URL, strings.TrimPrefix(e.download.Version, "v")) {
		return e, at.errorf(node, "the URL does not name the version %s", e.download.Version)
	}
	return e, nil
}

// url takes http as well: what is fetched is held against its checksum.
func (at place) url(node *yaml.Node) error {
	u, err := url.Parse(node.Value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || path.Base(u.Path) == "/" || u.RawQuery != "" {
		return at.errorf(node, "%q is not the URL of a file", node.Value)
	}
	return nil
}

// place gives an error its file and line.
type place struct{ file string }

func (at place) errorf(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", at.file, node.Line, fmt.Errorf(format, args...))
}

// mapping calls a function for each field, in the order of the file.
func (at place) mapping(node *yaml.Node, each func(key string, value *yaml.Node) error) error {
	if node.Kind != yaml.MappingNode {
		return at.errorf(node, "fields belong here")
	}
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if seen[key.Value] {
			return at.errorf(key, "the field %q stands there twice", key.Value)
		}
		seen[key.Value] = true
		if err := each(key.Value, value); err != nil {
			return err
		}
	}
	return nil
}
