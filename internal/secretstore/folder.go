package secretstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"

	"filippo.io/age"
)

// Folder keeps each set in an age-encrypted file of its own, FLEET--CLUSTER.age.
// A file is written whole or not at all, and never over another.
type Folder struct {
	dir          string
	identityFile string
	prepared     atomic.Bool
}

var _ Store = (*Folder)(nil)

// NewFolder makes a store of a folder; it touches nothing. The identity file is
// read at each call: its first identity encrypts, every one decrypts, so keys can
// be changed.
func NewFolder(dir, identityFile string) *Folder {
	return &Folder{dir: dir, identityFile: identityFile}
}

// marker is the file by which a prepared folder is known from the empty one that
// an unmounted file system leaves.
const marker = ".heatsync-secrets"

// Prepare makes the folder where it is missing (0700), marks it, and proves that
// the identity file can be read. A folder that is missing or without its mark
// after that is an error, where before it has no set.
func (f *Folder) Prepare() error {
	if _, _, err := f.keys(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return &Error{Text: "the secret store's folder cannot be made", Remedy: "let the agent's user make it, or name another: secrets.age.dir", Err: err}
	}
	mark, err := os.OpenFile(filepath.Join(f.dir, marker), os.O_WRONLY|os.O_CREATE, 0o600)
	if err == nil {
		err = mark.Close()
	}
	if err != nil {
		return &Error{Text: "the secret store's folder cannot be written to", Remedy: "make room in secrets.age.dir and let the agent's user write there", Err: err, Transient: true}
	}
	f.prepared.Store(true)
	return nil
}

// Get implements Store.
func (f *Folder) Get(_ context.Context, o Owner) (Set, error) {
	path, err := f.path(o)
	if err != nil {
		return Set{}, err
	}
	sealed, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Set{}, f.none()
	case err != nil:
		return Set{}, &Error{Text: "the secrets of " + o.String() + " cannot be read", Remedy: "let the agent's user read its secret store", Err: err, Transient: true}
	}
	identities, _, err := f.keys()
	if err != nil {
		return Set{}, err
	}
	unreadable := func(err error) error {
		return &Error{Text: "the secrets of " + o.String() + " (" + path + ") cannot be opened", Remedy: "restore the file, or the age identity it was written for (secrets.age.identityFile), from your backup", Err: err}
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return Set{}, unreadable(errors.New("no identity in " + f.identityFile + " is one it was written for"))
	}
	if err != nil {
		return Set{}, unreadable(errors.New("it is no age file, or a damaged one"))
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return Set{}, unreadable(errors.New("it is damaged"))
	}
	s, err := decode(text, o)
	if err != nil {
		return Set{}, unreadable(err)
	}
	return s, nil
}

// none tells a set that is not there from a folder that is not.
func (f *Folder) none() error {
	if _, err := os.Stat(filepath.Join(f.dir, marker)); err != nil && f.prepared.Load() {
		return &Error{Text: "the secret store's folder is gone", Remedy: "mount or restore it: secrets.age.dir", Err: err, Transient: true}
	}
	return ErrNone
}

// Put implements Store.
func (f *Folder) Put(_ context.Context, s Set) error {
	path, err := f.path(s.Owner)
	if err != nil {
		return err
	}
	text, err := encode(s)
	if err != nil {
		return &Error{Text: "the secrets of " + s.Owner.String() + " cannot be kept", Err: err, NotDone: true}
	}
	if !f.prepared.Load() {
		if err := f.Prepare(); err != nil {
			return notDone(err)
		}
	}
	_, recipient, err := f.keys()
	if err != nil {
		return notDone(err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = publish(path, sealed.Bytes())
	}
	if err != nil && !errors.Is(err, ErrExists) {
		_, there := os.Lstat(path)
		return &Error{
			Text:   "the secrets of " + s.Owner.String() + " cannot be written",
			Remedy: "make room in the secret store's folder and let the agent's user write there", Err: err, Transient: true,
			NotDone: errors.Is(there, fs.ErrNotExist),
		}
	}
	return err
}

// notDone says of an error that nothing was written before it.
func notDone(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.NotDone = true
	}
	return err
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, o Owner) error {
	path, err := f.path(o)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	if err == nil {
		err = syncFolder(f.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &Error{Text: "the secrets of " + o.String() + " cannot be removed", Remedy: "let the agent's user write to its secret store", Err: err, Transient: true}
	}
	return nil
}

// ownerName is what fleets and clusters are called. It keeps paths inside the
// folder.
var ownerName = regexp.MustCompile(`^[a-z]([a-z0-9]*(-[a-z0-9]+)*)$`)

func (f *Folder) path(o Owner) (string, error) {
	if !ownerName.MatchString(o.Fleet) || !ownerName.MatchString(o.Cluster) {
		return "", &Error{Text: "no secrets are kept for " + o.String(), Err: errors.New("it is no name of a fleet and a cluster")}
	}
	return filepath.Join(f.dir, o.Fleet+"--"+o.Cluster+".age"), nil
}
