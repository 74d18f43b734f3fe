package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
)

const branch = "main"

//go:embed fleet
var seed embed.FS

// onDisk is a Git protocol of our own: a repository by its path, with no git
// program at either end.
const onDisk = "heatsync-demo"

func init() {
	client.InstallProtocol(onDisk, server.NewClient(server.NewFilesystemLoader(osfs.New("/"))))
}

// newBare makes an empty bare repository that takes pushes over HTTP.
func newBare(dir string) error {
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		Bare:        true,
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(branch)},
	})
	if err != nil {
		return err
	}
	c, err := repo.Config()
	if err != nil {
		return err
	}
	c.Raw.Section("http").SetOption("receivepack", "true")
	return repo.SetConfig(c)
}

// author is somebody with a clone, who commits and pushes.
type author struct {
	name string
	dir  string
	repo *git.Repository
}

// newAuthor makes a clone in dir of the bare repository, which may be empty.
func newAuthor(name, dir, bare string) (*author, error) {
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(branch)},
	})
	if err != nil {
		return nil, err
	}
	_, err = repo.CreateRemote(&config.RemoteConfig{Name: git.DefaultRemoteName, URLs: []string{onDisk + "://" + filepath.ToSlash(bare)}})
	return &author{name: name, dir: dir, repo: repo}, err
}

// commit writes files (nil removes one), commits them and pushes. It gives the
// commit as it is in the repository.
func (a *author) commit(subject string, files map[string][]byte) (*object.Commit, error) {
	tree, err := a.repo.Worktree()
	if err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := a.write(name, text); err != nil {
			return nil, err
		}
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return nil, err
	}
	hash, err := tree.Commit(subject, &git.CommitOptions{
		Author: &object.Signature{Name: a.name, Email: "somebody@example.org", When: time.Now()},
	})
	if err != nil {
		return nil, fmt.Errorf("commit %q: %w", subject, err)
	}
	ref := plumbing.NewBranchReferenceName(branch)
	err = a.repo.Push(&git.PushOptions{RefSpecs: []config.RefSpec{config.RefSpec(ref + ":" + ref)}})
	if err != nil {
		return nil, fmt.Errorf("push %q: %w", subject, err)
	}
	return a.repo.CommitObject(hash)
}

func (a *author) write(name string, text []byte) error {
	file := filepath.Join(a.dir, filepath.FromSlash(name))
	if text == nil {
		if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// seedFiles are what the repository begins with; clusters only if asked for.
func seedFiles(clusters bool) (map[string][]byte, error) {
	files := map[string][]byte{}
	tree, err := fs.Sub(seed, "fleet")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name == "clusters" && !clusters:
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		files[name], err = fs.ReadFile(tree, name)
		return err
	})
	return files, err
}
