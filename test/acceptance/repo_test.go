package acceptance

import (
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

// repository is a bare repository and the work tree somebody pushes from.
type repository struct {
	root, bare, work string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	root := t.TempDir()
	r := &repository{root: root, bare: filepath.Join(root, "fleet.git"), work: filepath.Join(root, "work")}
	r.run(t, root, "init", "-q", "--bare", "-b", "main", r.bare)
	r.run(t, root, "init", "-q", "-b", "main", r.work)
	r.run(t, r.work, "remote", "add", "origin", r.bare)
	return r
}

func (r *repository) run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.root, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// files are what a commit changes: a path and its text, "" for none any more.
type files map[string]string

// push commits the changes, pushes them and gives the revision.
func (r *repository) push(t *testing.T, message string, changes files) string {
	t.Helper()
	for name, text := range changes {
		if text == "" {
			r.run(t, r.work, "rm", "-q", name)
			continue
		}
		writeFile(t, r.work, name, text)
	}
	r.run(t, r.work, "add", "-A")
	r.run(t, r.work, "commit", "-q", "-m", message)
	return r.publish(t)
}

// revert takes the last commit back.
func (r *repository) revert(t *testing.T) string {
	t.Helper()
	r.run(t, r.work, "revert", "--no-edit", "HEAD")
	return r.publish(t)
}

func (r *repository) publish(t *testing.T) string {
	t.Helper()
	r.run(t, r.work, "push", "-q", "origin", "HEAD:main")
	return r.run(t, r.work, "rev-parse", "HEAD")
}

// gitHost is a Git server over smart HTTP. While it is down it refuses everything.
type gitHost struct {
	*httptest.Server
	down atomic.Bool
}

func (r *repository) serve(t *testing.T) *gitHost {
	t.Helper()
	backend := &cgi.Handler{
		Path: filepath.Join(r.run(t, r.root, "--exec-path"), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + r.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
		Stderr: io.Discard,
	}
	h := &gitHost{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.down.Load() {
			http.Error(w, "down for a while", http.StatusServiceUnavailable)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *gitHost) url() string { return h.URL + "/fleet.git" }
