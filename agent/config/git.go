package config

import (
	"errors"

	"github.com/heatsync/heatsync/internal/gitsource"
)

// GitOptions says how a source that is a Git repository is read; stateDir is a
// folder of this source alone.
func (s Source) GitOptions(stateDir string) gitsource.Options {
	o := gitsource.DefaultOptions(s.Git.URL, stateDir)
	o.Branch, o.Tag, o.Commit, o.Path, o.CAFile = s.Git.Branch, s.Git.Tag, s.Git.Commit, s.Git.Path, s.Git.CAFile
	o.Auth = gitsource.Auth{
		TokenFile: s.Auth.TokenFile, Username: s.Auth.Username, PasswordFile: s.Auth.PasswordFile,
		SSHKeyFile: s.Auth.SSHKeyFile, KnownHostsFile: s.Auth.KnownHostsFile,
	}
	return o
}

// checkGitOptions says what only the reader of repositories knows, at the field's
// place. Nothing of a URL is repeated: it may hold a token.
func (d *decoder) checkGitOptions(field string, s Source) {
	err := s.GitOptions("unused").Validate()
	var wrong *gitsource.FieldError
	switch {
	case err == nil:
	case !errors.As(err, &wrong):
		d.at(field, "%s", err)
	case wrong.Field == "auth":
		d.at(field+".auth", "%s", wrong.Summary)
	default:
		d.at(join(field+".git", wrong.Field), "%s", wrong.Summary)
	}
}
