package config

import (
	"path/filepath"
	"strings"
)

// checkSecrets wants one store, and an age folder that does not go with the state
// folder: that is a cache, which people delete.
func (d *decoder) checkSecrets(field string, s Secrets, stateDir string) {
	if s.Age != nil && s.Barbican != nil {
		d.at(field, "age and barbican exclude each other")
	}
	if s.Age == nil {
		return
	}
	inside := func(path, dir string) bool { return inside(d.fromFile(path), d.fromFile(dir)) }
	for _, p := range []struct{ name, path string }{{"dir", s.Age.Dir}, {"identityFile", s.Age.IdentityFile}} {
		switch {
		case p.path == "":
			d.at(field+".age."+p.name, "is required")
		case inside(p.path, stateDir):
			d.at(field+".age."+p.name, "must lie outside stateDir (%s), which is a cache and may be deleted", stateDir)
		}
	}
	if s.Age.IdentityFile != "" && inside(s.Age.IdentityFile, s.Age.Dir) {
		d.at(field+".age.identityFile", "must not lie in the folder that it opens")
	}
}

// fromFile is a path as it will be taken: from the config file's folder.
func (d *decoder) fromFile(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	dir, err := filepath.Abs(filepath.Dir(d.file))
	if err != nil {
		return path
	}
	return filepath.Join(dir, path)
}

// inside tells whether a path is a folder or below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(filepath.Clean(dir), filepath.Clean(path))
	return err == nil && dir != "" && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
