package config

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
)

// anchor makes every path absolute, from the config file's folder.
func (c *Config) anchor(dir string) {
	paths := []*string{&c.StateDir, &c.Drivers.Dir, &c.Drivers.Lock, &c.Web.ConfigFile, &c.Recording.File}
	stores := []Secrets{c.Secrets}
	for _, f := range c.Fleets {
		stores = append(stores, f.Secrets)
	}
	for _, s := range stores {
		if s.Age != nil {
			paths = append(paths, &s.Age.Dir, &s.Age.IdentityFile)
		}
	}
	for i := range c.Fleets {
		f := &c.Fleets[i]
		a := &f.Source.Auth
		paths = append(paths, &f.Source.Directory, &f.Cloud.File,
			&a.TokenFile, &a.PasswordFile, &a.SSHKeyFile, &a.KnownHostsFile)
		if f.Source.Git != nil {
			paths = append(paths, &f.Source.Git.CAFile)
		}
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// RecordingFile is where the fleet's events are recorded, "" for nowhere.
func (c Config) RecordingFile(fleet string) string {
	if c.Recording.File == "" {
		return ""
	}
	ext := filepath.Ext(c.Recording.File)
	return strings.TrimSuffix(c.Recording.File, ext) + "." + fleet + ext
}

func newReader(data []byte) io.Reader { return bytes.NewReader(data) }
