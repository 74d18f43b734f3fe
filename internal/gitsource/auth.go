package gitsource

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecretBytes is more than any token, password or key has.
const maxSecretBytes = 64 << 10

// Auth says how to prove who we are: nothing, a token, a user name and
// password, or an SSH key. Secrets are named by file and read at every use, so
// a rotated one is taken up by the next look.
type Auth struct {
	// TokenFile holds an access token, sent as the password of HTTP basic
	// authentication, as GitHub, GitLab and Gitea take it. Username is
	// optional with it ("x-access-token").
	TokenFile string
	// Username and PasswordFile are HTTP basic authentication.
	Username, PasswordFile string
	// SSHKeyFile is a private key without passphrase. KnownHostsFile lists the
	// host keys to accept; a host that is not in it is refused.
	SSHKeyFile, KnownHostsFile string
}

func (a Auth) http() bool { return a.TokenFile != "" || a.Username != "" || a.PasswordFile != "" }
func (a Auth) ssh() bool  { return a.SSHKeyFile != "" || a.KnownHostsFile != "" }

func (a Auth) validate(loc location) error {
	switch {
	case a.TokenFile != "" && a.PasswordFile != "":
		return fieldError("auth", "tokenFile and passwordFile exclude each other")
	case a.http() && a.ssh():
		return fieldError("auth", "an SSH key and a token or password exclude each other")
	case a.TokenFile == "" && (a.Username == "") != (a.PasswordFile == ""):
		return fieldError("auth", "username and passwordFile go together")
	case a.http() && loc.scheme != "https" && loc.scheme != "http":
		return fieldError("auth", "a token or password is of no use with a %s:// URL", loc.scheme)
	case a.http() && loc.scheme == "http" && !loc.loopback():
		return fieldError("auth", "credentials over http:// can be read on the way: use https://")
	case a.ssh() && loc.scheme != "ssh":
		return fieldError("auth", "an SSH key is of no use with a %s:// URL", loc.scheme)
	case loc.scheme == "ssh" && (a.SSHKeyFile == "" || a.KnownHostsFile == ""):
		return fieldError("auth", "an ssh:// URL needs sshKeyFile and knownHostsFile")
	}
	return nil
}

// basic returns the user name and password to send, both empty for none.
func (a Auth) basic() (user, password string, err error) {
	switch {
	case a.TokenFile != "":
		password, err = readSecret("token", a.TokenFile)
		return cmp.Or(a.Username, "x-access-token"), password, err
	case a.PasswordFile != "":
		password, err = readSecret("password", a.PasswordFile)
		return a.Username, password, err
	}
	return "", "", nil
}

// readSecret reads one line. An empty file is an error: some hosts take an
// empty password for an anonymous visit and answer with another's view.
func readSecret(what, file string) (string, error) {
	b, err := readBounded(file)
	if err != nil {
		return "", fault(Credentials, err, "read %s file", what)
	}
	s := strings.TrimSpace(string(b))
	switch {
	case s == "":
		return "", fault(Credentials, nil, "%s file %q is empty", what, file)
	case strings.ContainsAny(s, "\r\n\x00"):
		return "", fault(Credentials, nil, "%s file %q holds more than one line", what, file)
	}
	return s, nil
}

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err == nil && len(b) > maxSecretBytes {
		return nil, fmt.Errorf("%q is too long", file)
	}
	return b, err
}
