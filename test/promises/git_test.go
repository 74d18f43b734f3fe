package promises

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

// gitHost serves one repository over smart HTTP to who knows the password.
type gitHost struct {
	*httptest.Server
	root, work string
	ill        atomic.Int32 // the status it answers instead, repeating the request; 0 for none
}

func newGitHost(t *testing.T, password string) *gitHost {
	t.Helper()
	h := &gitHost{root: t.TempDir()}
	h.work = filepath.Join(h.root, "work")
	h.git(t, h.root, "init", "-q", "--bare", "-b", "main", "fleet.git")
	h.git(t, h.root, "init", "-q", "-b", "main", h.work)
	h.git(t, h.work, "remote", "add", "origin", filepath.Join(h.root, "fleet.git"))
	backend := &cgi.Handler{
		Path: filepath.Join(h.git(t, h.root, "--exec-path"), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + h.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
		Stderr: io.Discard,
	}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, got, _ := r.BasicAuth()
		switch status := int(h.ill.Load()); {
		case status != 0:
			repeatRequest(w, r, status)
		case got != password:
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			repeatRequest(w, r, http.StatusUnauthorized)
		default:
			backend.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *gitHost) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.root, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// push commits one file and pushes it.
func (h *gitHost) push(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.work, "fleet.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.git(t, h.work, "add", "-A")
	h.git(t, h.work, "commit", "-q", "-m", "fleet")
	h.git(t, h.work, "push", "-q", "origin", "HEAD:main")
}
