package boot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// ignition is the document of fedora-coreos and flatcar.
func (n node) ignition(version string) (string, error) {
	type contents struct {
		Compression string `json:"compression,omitempty"`
		Source      string `json:"source"`
	}
	type ignitionFile struct {
		Path      string   `json:"path"`
		Mode      int      `json:"mode"`
		Overwrite bool     `json:"overwrite"`
		Contents  contents `json:"contents"`
	}
	type ignitionUnit struct {
		Name     string `json:"name"`
		Enabled  *bool  `json:"enabled,omitempty"`
		Mask     bool   `json:"mask,omitempty"`
		Contents string `json:"contents,omitempty"`
	}
	var document struct {
		Ignition struct {
			Version string `json:"version"`
		} `json:"ignition"`
		Storage struct {
			Files []ignitionFile `json:"files"`
		} `json:"storage"`
		Systemd struct {
			Units []ignitionUnit `json:"units"`
		} `json:"systemd"`
	}
	document.Ignition.Version = version
	for _, f := range n.files {
		entry := ignitionFile{Path: f.path, Mode: f.mode, Overwrite: true}
		switch {
		case f.secret != "":
			entry.Contents.Source = "data:;base64," + f.secret
		case f.packed:
			entry.Contents = contents{"gzip", "data:;base64," + packedScript()}
		default:
			entry.Contents.Source = "data:," + escapeData(f.text)
		}
		document.Storage.Files = append(document.Storage.Files, entry)
	}
	for _, u := range n.units {
		entry := ignitionUnit{Name: u.name, Mask: u.mask, Contents: u.text}
		if u.enable {
			entry.Enabled = &u.enable
		}
		document.Systemd.Units = append(document.Systemd.Units, entry)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return "", fmt.Errorf("ignition: %w", err)
	}
	return text.String(), nil
}

// escapeData writes text as the data of a data: URL (RFC 2397) and leaves all in
// clear that may be, which url.PathEscape and QueryEscape do not.
func escapeData(text string) string {
	const clear, hex = "-_.!~*'();/?:@&=+$,", "0123456789ABCDEF"
	var escaped strings.Builder
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(clear, c) >= 0 {
			escaped.WriteByte(c)
		} else {
			escaped.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return escaped.String()
}
