package gitsource

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// What [DefaultOptions] sets.
const (
	DefaultIgnoreFile   = ".heatsyncignore"
	DefaultMaxBytes     = 256 << 20
	DefaultMaxFileBytes = 16 << 20 // as reconcile/spec reads
	DefaultMaxFiles     = 50_000
	DefaultTimeout      = time.Minute
)

// Options describe one Git source. URL and StateDir are required; a zero in
// any other field means its default.
type Options struct {
	// URL is https://, http:// (without credentials, or to a loopback
	// address), ssh:// or file://. It must not contain a password.
	URL string
	// At most one of Branch, Tag and Commit is set; none means the branch the
	// server's HEAD names. Commit is a full hash of 40 hexadecimal digits.
	Branch, Tag, Commit string
	// Path is the folder below the repository's root to read; empty for all.
	Path string
	// IgnoreFile names the files, in the path's folder and those below it,
	// that list what to leave out, in the syntax of .gitignore.
	IgnoreFile string
	Auth       Auth
	// CAFile is a PEM file of certificates to trust besides the system's.
	CAFile string
	// StateDir is a folder of this source alone. It is a cache: losing it
	// costs a fetch, and the last good revision until that has succeeded.
	StateDir string
	// MaxBytes bounds what one fetch may download and what a single object
	// may unpack to; all objects of a fetch may unpack to four times as much.
	MaxBytes int64
	// MaxFileBytes bounds what is read of one YAML file: a larger one is cut off one
	// byte later, for who reads it to refuse it alone. MaxFiles bounds their number.
	MaxFileBytes int64
	MaxFiles     int
	// Timeout bounds one look at the source as a whole.
	Timeout time.Duration
	// Logger gets debug lines about fetches and warnings about a store that
	// had to be healed. Nil discards.
	Logger *slog.Logger
}

// DefaultOptions are the options of a source with nothing but its address.
func DefaultOptions(url, stateDir string) Options {
	return Options{URL: url, StateDir: stateDir}.withDefaults()
}

func (o Options) withDefaults() Options {
	o.IgnoreFile = cmp.Or(o.IgnoreFile, DefaultIgnoreFile)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	o.MaxFileBytes = cmp.Or(o.MaxFileBytes, DefaultMaxFileBytes)
	o.MaxFiles = cmp.Or(o.MaxFiles, DefaultMaxFiles)
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.Commit = strings.ToLower(o.Commit)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Validate says what is wrong with the options by a [*FieldError]. It reads no
// file and no network.
func (o Options) Validate() error {
	_, err := o.validate()
	return err
}

func (o Options) validate() (location, error) {
	loc, err := parseLocation(o.URL)
	if err != nil {
		return location{}, err
	}
	if err := o.Auth.validate(loc); err != nil {
		return location{}, err
	}
	if o.StateDir == "" {
		return location{}, fieldError("stateDir", "is empty")
	}
	if err := validatePath(o.Path); err != nil {
		return location{}, err
	}
	if strings.ContainsRune(o.IgnoreFile, '/') {
		return location{}, fieldError("ignoreFile", "%q is not a plain file name", o.IgnoreFile)
	}
	if o.MaxBytes < 0 || o.MaxFileBytes < 0 || o.MaxFiles < 0 || o.Timeout < 0 {
		return location{}, fieldError("", "a limit is negative")
	}
	return loc, o.validateRevision()
}

func (o Options) validateRevision() error {
	set := 0
	for _, v := range []string{o.Branch, o.Tag, o.Commit} {
		if v != "" {
			set++
		}
	}
	if set > 1 {
		return fieldError("", "branch, tag and commit exclude each other: set one")
	}
	if o.Commit != "" && !plumbing.IsHash(o.Commit) {
		return fieldError("commit", "%q is not a full hash of 40 hexadecimal digits", o.Commit)
	}
	if o.Branch != "" {
		if err := plumbing.NewBranchReferenceName(o.Branch).Validate(); err != nil {
			return fieldError("branch", "%q is not a valid name", o.Branch)
		}
	}
	if o.Tag != "" {
		if err := plumbing.NewTagReferenceName(o.Tag).Validate(); err != nil {
			return fieldError("tag", "%q is not a valid name", o.Tag)
		}
	}
	return nil
}

func validatePath(p string) error {
	if p == "" || p == "." {
		return nil
	}
	clean := path.Clean(p)
	if path.IsAbs(p) || strings.ContainsRune(p, '\\') || clean == ".." || strings.HasPrefix(clean, "../") {
		return fieldError("path", "%q is not a folder below the repository's root, written with slashes", p)
	}
	return nil
}

// subPath is Path in one spelling: no dots, no slashes at the ends, empty for
// the root.
func (o Options) subPath() string {
	if p := path.Clean(o.Path); p != "." {
		return p
	}
	return ""
}

// identity names what is read. A last good revision of another identity is not
// ours to serve: it would be other files.
func (o Options) identity() string {
	sum := sha256.New()
	for _, s := range []string{o.URL, o.Branch, o.Tag, o.Commit, o.subPath(), o.IgnoreFile} {
		fmt.Fprintf(sum, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
