package gitsource

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func secretFile(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRotatedToken(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	h.password.Store("first-token")
	o := testOptions(t, h.url())
	o.Auth.TokenFile = secretFile(t, "first-token\n")
	s := mustOpen(t, o)
	mustLatest(t, s)
	h.password.Store("second-token")
	_, _, err := s.Latest(t.Context())
	wantReason(t, err, AuthRefused)
	if strings.Contains(err.Error(), "token\"") || strings.Contains(err.Error(), "first-token") {
		t.Fatalf("the error tells the token: %v", err)
	}
	if err := os.WriteFile(o.Auth.TokenFile, []byte("second-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustLatest(t, s)
	for text, want := range map[string]Reason{"": Credentials, "two\nlines": Credentials} {
		if err := os.WriteFile(o.Auth.TokenFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Latest(t.Context())
		wantReason(t, err, want)
	}
	if err := os.Remove(o.Auth.TokenFile); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Latest(t.Context())
	wantReason(t, err, Credentials)
}

func TestBasicAuth(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	h.password.Store("pässword")
	o := testOptions(t, h.url())
	o.Auth = Auth{Username: "ann", PasswordFile: secretFile(t, "pässword\n")}
	mustLatest(t, mustOpen(t, o))
}

// TestAnswersThatAreNotGit has a good source first, so that each also proves
// that nothing of it is lost.
func TestAnswersThatAreNotGit(t *testing.T) {
	page := func(code int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   Reason
	}{
		{"sign-in page", page(200, "text/html; charset=utf-8", "<html>Sign in</html>"), NotGit},
		{"sign-in page behind a redirect", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" {
				page(200, "text/html", "<html>Sign in</html>")(w, r)
				return
			}
			redirect("/login")(w, r)
		}, NotGit},
		{"page under Git's content type", page(200, refsType, "<html>Sign in</html>"), NotGit},
		{"nothing under Git's content type", page(200, refsType, ""), Protocol},
		{"cut short", page(200, refsType, "001e# service=git-upload-pack\n0000"), Protocol},
		{"dumb server", page(200, "text/plain", ""), NotGit},
		{"error of git", page(200, refsType, "001e# service=git-upload-pack\n00000016ERR access denied\n"), AuthRefused},
		{"401", page(401, "text/plain", "no"), AuthRefused},
		{"403", page(403, "text/plain", "no"), AuthRefused},
		{"404", page(404, "text/plain", "no"), RepositoryGone},
		{"429", page(429, "text/plain", "no"), Unavailable},
		{"502", page(502, "text/html", "no"), Unavailable},
		{"418", page(418, "text/html", "no"), Protocol},
		{"other host", redirect("http://other.example.org/repo.git/info/refs"), Redirected},
		{"round and round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, Redirected},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUpstream(t)
			u.commit("one", map[string]string{"a.yaml": "a"})
			h := serve(t, u)
			s := mustOpen(t, testOptions(t, h.url()))
			snap, _ := mustLatest(t, s)
			if err := s.Accept(t.Context(), snap); err != nil {
				t.Fatal(err)
			}
			h.answer(c.answer)
			_, _, err := s.Latest(t.Context())
			wantReason(t, err, c.want)
			h.answer(nil)
			if again, changed := mustLatest(t, s); changed || again != snap {
				t.Fatal("the source is not what it was")
			}
		})
	}
}

func TestCredentialsStayOnTheirHost(t *testing.T) {
	var leaked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked.Add(1) }))
	defer other.Close()
	u := newUpstream(t)
	h := serve(t, u)
	h.answer(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusMovedPermanently)
	})
	o := testOptions(t, h.url())
	o.Auth.TokenFile = secretFile(t, "t0ken")
	_, _, err := mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Redirected)
	if leaked.Load() != 0 {
		t.Fatal("the other host was asked")
	}
}

func TestRenamedRepositoryOnTheSameHost(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	inner := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/old/") {
			http.Redirect(w, r, strings.TrimPrefix(r.URL.String(), "/old"), http.StatusMovedPermanently)
			return
		}
		inner.ServeHTTP(w, r)
	})
	mustLatest(t, mustOpen(t, testOptions(t, h.URL+"/old/repo.git")))
}

func TestTLS(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := newGitHost(t, u.root)
	h.Server = httptest.NewTLSServer(h.handler(u.root))
	h.Config.ErrorLog = nil
	t.Cleanup(h.Close)
	o := testOptions(t, h.url())
	_, _, err := mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Certificate)
	o.CAFile = secretFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})))
	mustLatest(t, mustOpen(t, o))
	o.CAFile = secretFile(t, "nothing")
	_, _, err = mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Credentials)

	o = testOptions(t, strings.Replace(serve(t, u).url(), "http://", "https://", 1))
	_, _, err = mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, NotGit)
}

func TestUnreachableAndTimeout(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	o := testOptions(t, h.url())
	o.Timeout = 50 * time.Millisecond
	h.answer(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, _, err := mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Timeout)
	o.Timeout = 0
	h.Close()
	_, _, err = mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Unreachable)
	o.URL = "https://no-such-host.invalid/repo.git"
	_, _, err = mustOpen(t, o).Latest(t.Context())
	wantReason(t, err, Unreachable)
}

// The server sends the references, and breaks off in the middle of the pack.
func TestPackCutShort(t *testing.T) {
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	h := serve(t, u)
	o := testOptions(t, h.url())
	s := mustOpen(t, o)
	one, _ := mustLatest(t, s)
	u.commit("two", map[string]string{"a.yaml": "b", "b.yaml": "c"})
	inner := h.Config.Handler
	var cut atomic.Bool
	cut.Store(true)
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !cut.Load() {
			inner.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		inner.ServeHTTP(rec, r)
		w.Header().Set("Content-Type", packType)
		_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	})
	if _, _, err := s.Latest(t.Context()); err == nil {
		t.Fatal("half a pack is taken for a whole one")
	} else if reason, _ := ReasonOf(err); reason != Protocol && reason != Unreachable {
		t.Fatalf("error %v", err)
	}
	if contents(t, one)["a.yaml"] != "a" {
		t.Fatal("the old snapshot is lost")
	}
	cut.Store(false)
	if two, changed := mustLatest(t, s); !changed || contents(t, two)["b.yaml"] != "c" {
		t.Fatal("not healed")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Options)
		want string
	}{
		{"no url", func(o *Options) { o.URL = "" }, "url: is empty"},
		{"scp style", func(o *Options) { o.URL = "git@github.com:org/repo.git" }, "ssh://git@github.com/org/repo.git"},
		{"scp style without user", func(o *Options) { o.URL = "host.example.org:org/repo.git" }, "ssh://git@host.example.org/org/repo.git"},
		{"path", func(o *Options) { o.URL = "/srv/repo" }, "no scheme"},
		{"unknown scheme", func(o *Options) { o.URL = "git://host/repo" }, "unknown scheme"},
		{"password in url", func(o *Options) { o.URL = "https://ann:s3cret@host/repo" }, "holds a password"},
		{"user in url", func(o *Options) { o.URL = "https://ann@host/repo" }, "put a token into a file"},
		{"bad url", func(o *Options) { o.URL = "https://ann:s3cret@host/%zz" }, "cannot be parsed"},
		{"token in url", func(o *Options) { o.URL = "https://s3cret@host/repo" }, "put a token into a file"},
		{"token as a query", func(o *Options) { o.URL = "https://host/repo?private_token=s3cret" }, "has a query"},
		{"token as a fragment", func(o *Options) { o.URL = "https://host/repo#s3cret" }, "has a query or a fragment"},
		{"token, unknown scheme", func(o *Options) { o.URL = "s3cret://s3cret@host/repo" }, "unknown scheme"},
		{"token, no path", func(o *Options) { o.URL = "ssh://s3cret@host/" }, "lacks a host or a path"},
		{"token, scp style", func(o *Options) { o.URL = "s3cret@host:org/repo.git" }, "ssh://USER@host/org/repo.git"},
		{"token as a query, scp style", func(o *Options) { o.URL = "host:org/repo.git?t=s3cret" }, "no scheme"},
		{"token, no scheme", func(o *Options) { o.URL = "s3cret@host/repo.git" }, "no scheme"},
		{"token, file", func(o *Options) { o.URL = "file://s3cret@localhost/repo.git" }, "is not file:///"},
		{"no path in url", func(o *Options) { o.URL = "https://host/" }, "lacks a host or a path"},
		{"relative file", func(o *Options) { o.URL = "file://repo" }, "absolute path"},
		{"two revisions", func(o *Options) { o.Branch, o.Tag = "a", "b" }, "exclude each other"},
		{"short commit", func(o *Options) { o.Commit = "abc123" }, "full hash"},
		{"odd branch", func(o *Options) { o.Branch = "../../config" }, "valid name"},
		{"path out", func(o *Options) { o.Path = "a/../../b" }, "below the repository's root"},
		{"credentials in the clear", func(o *Options) { o.URL = "http://host/repo"; o.Auth.TokenFile = "x" }, "use https"},
		{"ssh without key", func(o *Options) { o.URL = "ssh://host/repo" }, "needs sshKeyFile and knownHostsFile"},
		{"both", func(o *Options) { o.Auth.TokenFile, o.Auth.PasswordFile = "x", "y" }, "exclude each other"},
		{"half", func(o *Options) { o.Auth.Username = "x" }, "go together"},
		{"key for https", func(o *Options) { o.Auth.SSHKeyFile = "x" }, "of no use"},
		{"no state", func(o *Options) { o.StateDir = "" }, "stateDir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := DefaultOptions("https://host.example.org/repo.git", "/nowhere")
			c.set(&o)
			_, err := Open(context.Background(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Fatalf("the error tells the secret: %v", err)
			}
		})
	}
	for _, url := range []string{"http://localhost/repo", "http://127.0.0.1:1/repo", "http://[::1]/repo"} {
		o := DefaultOptions(url, "/nowhere")
		o.Auth.TokenFile = "x"
		if err := o.Validate(); err != nil {
			t.Errorf("credentials to loopback %s: %v", url, err)
		}
	}
}
