package gitsource

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// upstream is a bare repository that a test pushes to through a work tree.
type upstream struct {
	t    testing.TB
	root string // holds repo.git
	bare string
	work string
}

func newUpstream(t testing.TB, initArgs ...string) *upstream {
	t.Helper()
	root := t.TempDir()
	u := &upstream{t: t, root: root, bare: filepath.Join(root, "repo.git"), work: filepath.Join(root, "work")}
	u.run(root, append([]string{"init", "-q", "--bare", "-b", "main"}, append(initArgs, u.bare)...)...)
	u.run(root, append([]string{"init", "-q", "-b", "main"}, append(initArgs, u.work)...)...)
	u.git("remote", "add", "origin", u.bare)
	return u
}

func (u *upstream) run(dir string, args ...string) string {
	u.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org",
		"GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		u.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (u *upstream) git(args ...string) string {
	u.t.Helper()
	return u.run(u.work, args...)
}

func (u *upstream) write(files map[string]string) {
	u.t.Helper()
	writeFiles(u.t, u.work, files)
}

// commit writes files, commits all and pushes; it returns the commit.
func (u *upstream) commit(message string, files map[string]string) string {
	u.t.Helper()
	u.write(files)
	u.git("add", "-A")
	u.git("commit", "-q", "--allow-empty", "-m", message)
	u.git("push", "-q", "-f", "origin", "HEAD")
	return u.git("rev-parse", "HEAD")
}

func writeFiles(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// gitHost serves repositories by git http-backend, optionally behind basic
// authentication, and counts the requests.
type gitHost struct {
	*httptest.Server
	password atomic.Value // string; empty for none
	lists    atomic.Int64
	packs    atomic.Int64
	override atomic.Pointer[http.HandlerFunc]
}

func serve(t testing.TB, u *upstream) *gitHost {
	t.Helper()
	h := newGitHost(t, u.root)
	h.Server = httptest.NewServer(h.handler(u.root))
	t.Cleanup(h.Close)
	return h
}

func newGitHost(t testing.TB, _ string) *gitHost {
	t.Helper()
	h := &gitHost{}
	h.password.Store("")
	return h
}

func (h *gitHost) handler(root string) http.Handler {
	execPath, _ := exec.Command("git", "--exec-path").Output()
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(execPath)), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
		Stderr: io.Discard,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if want := h.password.Load().(string); want != "" {
			if _, got, ok := r.BasicAuth(); !ok || got != want {
				w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
				http.Error(w, "no", http.StatusUnauthorized)
				return
			}
		}
		if o := h.override.Load(); o != nil {
			(*o)(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, refsPath) {
			h.lists.Add(1)
		} else {
			h.packs.Add(1)
		}
		backend.ServeHTTP(w, r)
	})
}

func (h *gitHost) url() string { return h.URL + "/repo.git" }

func (h *gitHost) answer(f http.HandlerFunc) {
	if f == nil {
		h.override.Store(nil)
		return
	}
	h.override.Store(&f)
}

func testOptions(t testing.TB, url string) Options {
	t.Helper()
	o := DefaultOptions(url, t.TempDir())
	o.Timeout = 30 * time.Second
	o.Logger = slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return o
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func mustOpen(t testing.TB, o Options) *Source {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func mustLatest(t testing.TB, s *Source) (*Snapshot, bool) {
	t.Helper()
	snap, changed, err := s.Latest(context.Background())
	if err != nil {
		t.Fatalf("Latest: %v", err)
	}
	return snap, changed
}

func wantReason(t testing.TB, err error, want Reason) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want reason %s", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error is not one line: %q", err)
	}
	t.Logf("%s (%s): %s; %s", want, want.Who(), err, want.Advice())
}

func paths(s *Snapshot) []string {
	var out []string
	for _, b := range s.Blobs() {
		out = append(out, b.Path)
	}
	return out
}

func contents(t testing.TB, s *Snapshot) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, b := range s.Blobs() {
		text, err := s.Read(b.Hash)
		if err != nil {
			t.Fatal(err)
		}
		out[b.Path] = string(text)
	}
	return out
}
