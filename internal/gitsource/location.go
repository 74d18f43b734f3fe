package gitsource

import (
	"fmt"
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

// scpStyle matches user@host:path, which is no URL.
var scpStyle = regexp.MustCompile(`^(?:([^@/\s]+)@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):([^/].*|/[^/].*)$`)

func parseLocation(raw string) (location, error) {
	if raw == "" {
		return location{}, fmt.Errorf("url is empty")
	}
	if !strings.Contains(raw, "://") {
		return location{}, notAURL(raw)
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's own text repeats the URL, and with it a password.
		return location{}, fmt.Errorf("url cannot be parsed: check it for spaces and stray percent signs")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return location{}, fmt.Errorf("url %q has a query or a fragment", u.Redacted())
	}
	if _, has := u.User.Password(); has {
		return location{}, fmt.Errorf("url %q holds a password: put it into a file and name that in auth", u.Redacted())
	}
	return checkLocation(u)
}

func notAURL(raw string) error {
	if m := scpStyle.FindStringSubmatch(raw); m != nil {
		user := m[1]
		if user == "" {
			user = "git"
		}
		if strings.Contains(user, ":") {
			return fmt.Errorf("url holds a password: put it into a file and name that in auth")
		}
		return fmt.Errorf("url %q is in scp style: write ssh://%s@%s/%s", raw, user, m[2], strings.TrimPrefix(m[3], "/"))
	}
	return fmt.Errorf("url %q has no scheme: write https://, ssh:// or file:///", raw)
}

func checkLocation(u *url.URL) (location, error) {
	loc := location{scheme: u.Scheme, user: u.User.Username(), host: u.Hostname(), port: u.Port(), path: u.Path}
	switch u.Scheme {
	case "https", "http":
		if loc.user != "" {
			return location{}, fmt.Errorf("url %q holds a user name: put it into auth", u.Redacted())
		}
	case "ssh":
		if loc.user == "" {
			loc.user = "git"
		}
	case "file":
		if (loc.host != "" && loc.host != "localhost") || !filepath.IsAbs(loc.path) {
			return location{}, fmt.Errorf("url %q is not file:/// and an absolute path", u.Redacted())
		}
		return loc, nil
	default:
		return location{}, fmt.Errorf("url %q has an unknown scheme: write https://, ssh:// or file:///", u.Redacted())
	}
	if loc.host == "" || strings.Trim(loc.path, "/") == "" {
		return location{}, fmt.Errorf("url %q lacks a host or a path", u.Redacted())
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

// String is the URL as people may see it.
func (l location) String() string {
	u := url.URL{Scheme: l.scheme, Host: l.host, Path: l.path}
	if l.port != "" {
		u.Host = net.JoinHostPort(l.host, l.port)
	} else if strings.Contains(l.host, ":") {
		u.Host = "[" + l.host + "]"
	}
	if l.user != "" {
		u.User = url.User(l.user)
	}
	return u.String()
}
