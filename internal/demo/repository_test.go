package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newPair(t *testing.T) (bare string, a *author) {
	t.Helper()
	dir := t.TempDir()
	bare = filepath.Join(dir, "git", "fleet.git")
	if err := newBare(bare); err != nil {
		t.Fatal(err)
	}
	a, err := newAuthor("Ann", filepath.Join(dir, "clone"), bare)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.commit("one", map[string][]byte{"a.yaml": []byte("a: 1\nb: 2\n"), "d/c.yaml": []byte("c\n")}); err != nil {
		t.Fatal(err)
	}
	return bare, a
}

func TestShortDiff(t *testing.T) {
	_, a := newPair(t)
	c, err := a.commit("two", map[string][]byte{"a.yaml": []byte("a: 1\nb: 3\n"), "d/c.yaml": nil, "e.yaml": []byte("e\n")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := shortDiff(c)
	if err != nil {
		t.Fatal(err)
	}
	want := []diffLine{{'@', "a.yaml"}, {'-', "b: 2"}, {'+', "b: 3"}, {'@', "d/c.yaml (gone)"}, {'@', "e.yaml (new)"}, {'+', "e"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(diffLine{})); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
}

// TestGitClient clones over smart HTTP with git itself, pushes, and finds that a
// push on top of an old commit is refused.
func TestGitClient(t *testing.T) {
	bare, a := newPair(t)
	h := gitHandler(filepath.Dir(bare))
	if h == nil {
		t.Fatal("there is no git http-backend")
	}
	base, end, err := serveLocal(h)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	dir := filepath.Join(t.TempDir(), "mine")
	runGit(t, ".", "clone", "-q", base+"/fleet.git", dir)
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("a: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runGit(t, dir, "commit", "-qam", "mine")
	runGit(t, dir, "push", "-q")
	head := runGit(t, bare, "rev-parse", "main")
	if mine := runGit(t, dir, "rev-parse", "HEAD"); mine != head {
		t.Errorf("main is %s, not %s", head, mine)
	}
	if _, err := a.commit("late", map[string][]byte{"a.yaml": []byte("late\n")}); err == nil || runGit(t, bare, "rev-parse", "main") != head {
		t.Errorf("a push on top of an old commit went through: %v", err)
	}
}

func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=Ann", "-c", "user.email=ann@example.org"}, args...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestLocalOnly(t *testing.T) {
	h := localOnly(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") }), "127.0.0.1:8080")
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "evil.example.org:8080": 403, "127.0.0.1": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", host, w.Code, want)
		}
	}
}
