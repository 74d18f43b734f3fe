package versions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// UpdateOptions says what [Update] does. Dir is required.
type UpdateOptions struct {
	Dir    string       // the folder of the files
	Client *http.Client // nil: the default one
	Mirror string       // see [Mirrored]; "": upstream itself
	Minors []string     // "v1.34"; none: all, and the add-ons
	Newest bool         // go to the patch release that dl.k8s.io/release/stable-1.34.txt names
}

// Change is one entry that [Update] wrote.
type Change struct {
	File    string
	Name    string // the program or the add-on
	Version string
	SHA256  string
}

// Update writes the checksums of a folder's files as upstream's own checksum files
// have them, and nothing else: comments and order stay. It fetches all before it
// writes anything, and writes each file as a whole. A checksum that is there and
// that upstream says otherwise is an error: somebody replaced a released file.
func Update(ctx context.Context, o UpdateOptions) ([]Change, error) {
	folder := os.DirFS(o.Dir)
	if _, err := Parse(folder); err != nil {
		return nil, err
	}
	names, err := o.files(folder)
	if err != nil {
		return nil, err
	}
	var changes []Change
	texts := map[string][]byte{}
	for _, name := range names {
		text, changed, err := o.update(ctx, folder, name)
		if err != nil {
			return nil, err
		}
		if len(changed) > 0 {
			texts[name] = text
			changes = append(changes, changed...)
		}
	}
	for _, name := range names {
		if text, ok := texts[name]; ok {
			if err := replace(filepath.Join(o.Dir, name), text); err != nil {
				return nil, err
			}
		}
	}
	return changes, nil
}

// files gives the names of the files to update.
func (o UpdateOptions) files(folder fs.FS) ([]string, error) {
	all, err := fs.Glob(folder, "*.yaml")
	if err != nil || len(o.Minors) == 0 {
		return all, err
	}
	var out []string
	for _, minor := range o.Minors {
		name := minor + ".yaml"
		if minor == "addons" || !slices.Contains(all, name) {
			return nil, fmt.Errorf("there is no file of the minor %q", minor)
		}
		out = append(out, name)
	}
	return out, nil
}

func (o UpdateOptions) update(ctx context.Context, folder fs.FS, name string) ([]byte, []Change, error) {
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, nil, err
	}
	newest := ""
	if o.Newest && name != addonsFile {
		if text, newest, err = o.newest(ctx, name, text); err != nil {
			return nil, nil, err
		}
	}
	entries, err := entriesOf(name, text)
	if err != nil {
		return nil, nil, err
	}
	lines := bytes.Split(text, []byte("\n"))
	var changes []Change
	for _, e := range entries {
		sum, err := o.sum(ctx, e.entry)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %s %s: %w", name, e.name, e.download.Version, err)
		}
		was := e.download.SHA256
		if newest != "" && e.download.Version == newest {
			was = ""
		}
		switch was {
		case sum:
			continue
		case "":
		default:
			return nil, nil, fmt.Errorf("%s: %s %s: upstream's checksum is %s, and was %s: the released file was replaced", name, e.name, e.download.Version, sum, was)
		}
		at := e.entry.sum.Line - 1
		lines[at] = append(slices.Clone(lines[at][:e.entry.sum.Column-1]), `"`+sum+`"`...)
		changes = append(changes, Change{File: name, Name: e.name, Version: e.download.Version, SHA256: sum})
	}
	return bytes.Join(lines, []byte("\n")), changes, nil
}

// sum reads an entry's checksum from upstream's file.
func (o UpdateOptions) sum(ctx context.Context, e entry) (string, error) {
	text, err := get(ctx, o.Client, Mirrored(o.Mirror, e.checksums), maxChecksums)
	if err != nil {
		return "", err
	}
	sum, err := sumOf(path.Base(e.download.URL), e.checksums, text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", e.checksums, err)
	}
	return sum, nil
}

// newest moves a file's newest release to the one that upstream calls stable. It
// gives the version that was moved to, "" for none.
func (o UpdateOptions) newest(ctx context.Context, name string, text []byte) ([]byte, string, error) {
	minor := strings.TrimSuffix(name, ".yaml")
	where := "https://dl.k8s.io/release/stable-" + strings.TrimPrefix(minor, "v") + ".txt"
	answer, err := get(ctx, o.Client, Mirrored(o.Mirror, where), 1<<10)
	if err != nil {
		return nil, "", err
	}
	stable := strings.TrimSpace(string(answer))
	if minorOf(stable) != minor {
		return nil, "", fmt.Errorf("%s: %.40q is not a release of %s", where, stable, minor)
	}
	documents, err := read(memory{name: text}, name)
	if err != nil {
		return nil, "", err
	}
	latest := ""
	for _, d := range documents {
		r, err := readRelease(place{file: name}, d)
		if err != nil {
			return nil, "", err
		}
		if latest == "" || compare(r.Kubernetes, latest) > 0 {
			latest = r.Kubernetes
		}
	}
	if compare(stable, latest) <= 0 {
		return text, "", nil
	}
	return moved(text, latest, stable), stable, nil
}

// moved writes another version wherever a version stands whole.
func moved(text []byte, from, to string) []byte {
	var out []byte
	for {
		at := bytes.Index(text, []byte(from))
		if at < 0 {
			return append(out, text...)
		}
		end := at + len(from)
		out = append(out, text[:at]...)
		if end < len(text) && text[end] >= '0' && text[end] <= '9' {
			out = append(out, from...)
		} else {
			out = append(out, to...)
		}
		text = text[end:]
	}
}

type namedEntry struct {
	name string
	entry
}

// entriesOf gives the downloads of a file, in its order.
func entriesOf(name string, text []byte) ([]namedEntry, error) {
	documents, err := read(memory{name: text}, name)
	if err != nil {
		return nil, err
	}
	at := place{file: name}
	var out []namedEntry
	add := func(name string, node *yaml.Node, extra ...string) error {
		e, err := at.entry(node, extra...)
		if name == "" {
			name = e.extra["addon"]
		}
		out = append(out, namedEntry{name, e})
		return err
	}
	for _, d := range documents {
		err := at.mapping(d, func(key string, value *yaml.Node) error {
			switch key {
			case "programs":
				return at.mapping(value, func(program string, node *yaml.Node) error { return add(program, node) })
			case "upstream":
				for _, node := range value.Content {
					if err := add("", node, "addon", "pick"); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// memory is a folder with one file.
type memory map[string][]byte

// Open implements fs.FS.
func (m memory) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// ReadFile implements fs.ReadFileFS.
func (m memory) ReadFile(name string) ([]byte, error) { return m[name], nil }

// replace writes a file as a whole: whoever reads it sees the old or the new one.
func replace(file string, text []byte) error {
	out, err := os.CreateTemp(filepath.Dir(file), ".update-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already where all went well
	_, err = out.Write(text)
	err = errors.Join(err, out.Chmod(0o644), out.Sync(), out.Close())
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}
