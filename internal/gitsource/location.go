package gitsource

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// location is a source's URL, taken apart and free of secrets.
type location struct {
	scheme string // https, http, ssh or file
	user   string // ssh only
	host   string // without port or brackets
	port   string // empty for the scheme's default
	path   string
}

const defaultSSHUser = "git"

// scpStyle matches user@host:path, which is no URL.
var scpStyle = regexp.MustCompile(`^(?:([^@/\s]+)@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):([^/].*|/[^/].*)$`)

// parseLocation reads a URL. What it complains of never repeats the URL: its user
// name, query or fragment may be a token.
func parseLocation(raw string) (location, error) {
	if raw == "" {
		return location{}, fieldError("url", "is empty")
	}
	if !strings.Contains(raw, "://") {
		return location{}, notAURL(raw)
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's own text repeats the URL, and with it a password.
		return location{}, fieldError("url", "cannot be parsed: check it for spaces and stray percent signs")
	}
	if u.RawQuery != "" || u.ForceQuery || strings.Contains(raw, "#") {
		return location{}, fieldError("url", "has a query or a fragment: leave out what begins with ? or #; a token goes into a file that auth names")
	}
	if _, has := u.User.Password(); has {
		return location{}, fieldError("url", "holds a password: put it into a file and name that in auth")
	}
	return checkLocation(u)
}

func notAURL(raw string) error {
	m := scpStyle.FindStringSubmatch(raw)
	if m == nil || strings.ContainsAny(raw, "?#") {
		return fieldError("url", "has no scheme: begin it with https://, ssh:// or file:///")
	}
	user := m[1]
	switch {
	case strings.Contains(user, ":"):
		return fieldError("url", "holds a password: put it into a file and name that in auth")
	case user != "" && user != defaultSSHUser:
		user = "USER" // an operator knows theirs, and it may be a token
	default:
		user = defaultSSHUser
	}
	return fieldError("url", "is in scp style: write ssh://%s@%s/%s", user, m[2], strings.TrimPrefix(m[3], "/"))
}

func checkLocation(u *url.URL) (location, error) {
	loc := location{scheme: u.Scheme, user: u.User.Username(), host: u.Hostname(), port: u.Port(), path: u.Path}
	switch u.Scheme {
	case "https", "http":
		if u.User != nil {
			return location{}, fieldError("url", "holds a user name or a token: put a token into a file and name that in auth")
		}
	case "ssh":
		if loc.user == "" {
			loc.user = defaultSSHUser
		}
	case "file":
		if u.User != nil || (loc.host != "" && loc.host != "localhost") || !filepath.IsAbs(loc.path) {
			return location{}, fieldError("url", "is not file:/// and an absolute path")
		}
		return loc, nil
	default:
		return location{}, fieldError("url", "has an unknown scheme: write https://, ssh:// or file:///")
	}
	if loc.host == "" || strings.Trim(loc.path, "/") == "" {
		return location{}, fieldError("url", "lacks a host or a path")
	}
	return loc, nil
}

// address is host:port to dial.
func (l location) address() string {
	port := l.port
	if port == "" {
		port = map[string]string{"https": "443", "http": "80", "ssh": "22"}[l.scheme]
	}
	return net.JoinHostPort(l.host, port)
}

// loopback says whether the host is this machine for certain.
func (l location) loopback() bool {
	if l.host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(l.host)
	return err == nil && addr.IsLoopback()
}

// String is the URL as people may see it: without the user name.
func (l location) String() string {
	u := url.URL{Scheme: l.scheme, Host: l.host, Path: l.path}
	if l.port != "" {
		u.Host = net.JoinHostPort(l.host, l.port)
	} else if strings.Contains(l.host, ":") {
		u.Host = "[" + l.host + "]"
	}
	return u.String()
}
