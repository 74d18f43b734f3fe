package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

const maxBytes = 4 << 20

// Load reads and checks the file. A file that can be read but not used gives an
// [*Error].
func Load(file string) (Config, error) {
	data, err := Read(file)
	if err != nil {
		return Config{}, err
	}
	return Parse(file, data)
}

// Read gives the bytes of a config file, which are bounded.
func Read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("config: %q is larger than %d bytes", file, maxBytes)
	}
	return data, nil
}

// Parse is Load of a file that is already read. It touches no disk but to find
// the working folder of a relative file name.
func Parse(file string, data []byte) (Config, error) {
	d := &decoder{file: file, places: map[string]*yaml.Node{}}
	c := defaults()
	if root := d.document(data); root != nil {
		d.value(root, reflect.ValueOf(&c).Elem(), "")
	}
	if len(d.problems) == 0 {
		d.check(&c)
	}
	d.keepInside(data)
	if err := asError(d.problems); err != nil {
		return Config{}, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	c.anchor(dir)
	return c, nil
}

// document gives the file's one document, or nil after a complaint.
func (d *decoder) document(data []byte) *yaml.Node {
	dec := yaml.NewDecoder(newReader(data))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		d.complain(nil, "", "the file is empty")
		return nil
	}
	if err != nil {
		d.syntax(err)
		return nil
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		d.complain(&second, "", "a config file has one document, this is a second")
	case !errors.Is(err, io.EOF):
		d.syntax(err)
	}
	return doc.Content[0]
}

// keepInside moves problems behind the file's end to its last line: the YAML
// library has an empty document begin there.
func (d *decoder) keepInside(data []byte) {
	last := bytes.Count(data, []byte("\n")) + 1
	for i := range d.problems {
		if p := &d.problems[i]; p.Line > last {
			p.Line, p.Column = last, 1
		}
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func (d *decoder) syntax(err error) {
	p := Problem{File: d.file, Summary: "not YAML: " + err.Error()}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		p.Summary = "not YAML: " + m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			p.Line, p.Column = n, 1
		}
	}
	d.problems = append(d.problems, p)
}
