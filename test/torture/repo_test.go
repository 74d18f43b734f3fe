package torture

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// repository is a bare repository on a Git host, and the work tree people push
// from. One goroutine at a time uses it.
type repository struct {
	*httptest.Server
	root, work string
	down       atomic.Bool // the host refuses everything
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	root := t.TempDir()
	r := &repository{root: root, work: filepath.Join(root, "work")}
	bare := filepath.Join(root, "fleet.git")
	for _, args := range [][]string{
		{"init", "-q", "--bare", "-b", "main", bare}, {"init", "-q", "-b", "main", r.work}, {"-C", r.work, "remote", "add", "origin", bare},
	} {
		if _, err := r.git(args...); err != nil {
			t.Fatal(err)
		}
	}
	path, err := r.git("--exec-path")
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(path, "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
		Stderr: io.Discard,
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.down.Load() {
			http.Error(w, "down for a while", http.StatusServiceUnavailable)
			return
		}
		backend.ServeHTTP(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *repository) git(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.root
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.root, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// files are a tree: texts by path.
type files map[string]string

// push makes the work tree be these files and no others, commits, pushes and
// gives the revision.
func (r *repository) push(message string, tree files) (string, error) {
	if err := r.lay(tree); err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"add", "-A"}, {"commit", "-q", "--allow-empty", "-m", message}, {"push", "-q", "origin", "HEAD:main"},
	} {
		if _, err := r.git(append([]string{"-C", r.work}, args...)...); err != nil {
			return "", err
		}
	}
	return r.git("-C", r.work, "rev-parse", "HEAD")
}

func (r *repository) lay(tree files) error {
	old, err := os.ReadDir(r.work)
	if err != nil {
		return err
	}
	for _, entry := range old {
		if entry.Name() == ".git" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(r.work, entry.Name())); err != nil {
			return err
		}
	}
	for name, text := range tree {
		file := filepath.Join(r.work, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
