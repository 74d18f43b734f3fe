package versions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// upstream is a mirror that answers for every checksum file in the form that its
// project uses. The checksum of a file is that of its URL.
type upstream struct {
	*httptest.Server
	say map[string]func(http.ResponseWriter, *http.Request) // instead, by the path's end
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{say: map[string]func(http.ResponseWriter, *http.Request){}}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

func fakeSum(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

// archiveOf gives the file name of an add-on's upstream archive.
func archiveOf(addon string) string {
	for _, u := range Default().Upstream() {
		if u.Addon == addon {
			return path.Base(u.Download.URL)
		}
	}
	panic("no archive of " + addon)
}

// ServeHTTP implements http.Handler.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for end, say := range u.say {
		if strings.HasSuffix(r.URL.Path, end) {
			say(w, r)
			return
		}
	}
	file := path.Base(r.URL.Path)
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".sha256sum"), ".sha256")
	switch {
	case strings.HasPrefix(r.URL.Path, "/dl.k8s.io/release/stable-"):
		fmt.Fprintln(w, "v"+strings.TrimSuffix(strings.TrimPrefix(file, "stable-"), ".txt")+".99")
	case strings.HasPrefix(r.URL.Path, "/dl.k8s.io/"):
		fmt.Fprint(w, fakeSum(name)) // no newline
	case file == "runc.sha256sum":
		fmt.Fprintf(w, "%s  runc.arm64\n%s *runc.amd64\n", fakeSum("runc.arm64"), fakeSum("runc.amd64"))
	case strings.HasPrefix(name, "cni-plugins"):
		fmt.Fprintf(w, "%s  ./%s\n", strings.ToUpper(fakeSum(name)), name)
	case strings.HasPrefix(name, "crictl"):
		fmt.Fprintf(w, "SHA256 (%s) = %s\n", name, fakeSum(name))
	case file == "SHA256SUMS":
		chart := archiveOf("calico")
		fmt.Fprintf(w, "%s  metadata.yaml\n%s  %s\n", fakeSum("metadata.yaml"), fakeSum(chart), chart)
	case file == "index.yaml":
		chart := archiveOf("prometheus")
		fmt.Fprintf(w, "apiVersion: v1\nentries:\n  kube-prometheus-stack:\n  - digest: %s\n    urls: [https://example.org/%s]\n", fakeSum(chart), chart)
	default:
		fmt.Fprintf(w, "%s  %s\n", fakeSum(name), name)
	}
}

// disk writes the built-in files to a folder.
func disk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, file := range folder(t) {
		if err := os.WriteFile(filepath.Join(dir, name), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

func TestUpdateReadsEveryForm(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	changes, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL, Client: u.Client()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if want := 4*len(programs) + len(c.Upstream()); len(changes) != want {
		t.Errorf("%d changes, want %d", len(changes), want)
	}
	for _, v := range c.Versions() {
		r, _ := c.Release(v)
		for p, d := range r.Downloads {
			if d.SHA256 != fakeSum(path.Base(d.URL)) {
				t.Errorf("%s %s: %s", v, p, d.SHA256)
			}
		}
		if len(r.Missing()) > 0 {
			t.Errorf("%s: missing %v", v, r.Missing())
		}
	}
	for _, a := range c.Upstream() {
		if a.Download.SHA256 != fakeSum(path.Base(a.Download.URL)) {
			t.Errorf("%s: %s", a.Addon, a.Download.SHA256)
		}
	}
	if text := contents(t, dir)["v1.34.yaml"]; !strings.HasPrefix(text, "# What a node of Kubernetes 1.34 downloads") || !strings.HasSuffix(text, "\n") {
		t.Error("comments or the last newline are gone")
	}
	before := contents(t, dir)
	changes, err = Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL})
	if err != nil || len(changes) > 0 {
		t.Errorf("a second time: %v %v", changes, err)
	}
	if after := contents(t, dir); len(after) != len(before) {
		t.Errorf("files are left behind: %v", after)
	}
}

func TestUpdateOfOneMinor(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	changes, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL, Minors: []string{"v1.35"}})
	if err != nil || len(changes) != len(programs) || changes[0].File != "v1.35.yaml" {
		t.Errorf("%v %v", changes, err)
	}
	for _, minor := range []string{"v1.20", "addons"} {
		if _, err = Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL, Minors: []string{minor}}); err == nil {
			t.Errorf("the minor %s is taken", minor)
		}
	}
}

func TestUpdateToTheNewestPatch(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	if _, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL}); err != nil {
		t.Fatal(err)
	}
	// the checksum of another patch is another one
	u.say["/kubelet.sha256"] = func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, fakeSum(r.URL.Path)) }
	changes, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL, Newest: true, Minors: []string{"v1.34"}})
	if err != nil || len(changes) != 3 {
		t.Fatal(changes, err)
	}
	c, err := Parse(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Release("v1.34.99")
	if err != nil || r.Downloads[Kubelet].SHA256 != fakeSum("/dl.k8s.io/release/v1.34.99/bin/linux/amd64/kubelet.sha256") {
		t.Error(r, err)
	}
}

func TestMovedLeavesLongerVersions(t *testing.T) {
	got := moved([]byte("v1.34.1 v1.34.13 v1.34.1/x v1.34.1"), "v1.34.1", "v1.34.14")
	if want := "v1.34.14 v1.34.13 v1.34.14/x v1.34.14"; string(got) != want {
		t.Errorf("got %s", got)
	}
}

// Nothing is written where anything is wrong.
func TestUpdateRefuses(t *testing.T) {
	text := func(body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
	}
	for _, test := range []struct {
		name, end string
		say       func(http.ResponseWriter, *http.Request)
		want      string
	}{
		{"a web page by its type", "/kubelet.sha256", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, fakeSum("x"))
		}, "it is a web page"},
		{"a web page by its text", "/runc.sha256sum", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "<!doctype html>")
		}, "it is empty or a web page"},
		{"an empty file", "/kubeadm.sha256", text("\n"), "it is empty or a web page"},
		{"SHA-512", "/kubectl.sha256", text(strings.Repeat("a", 128)), "not 64 hexadecimal digits"},
		{"a short checksum", "/kubectl.sha256", text("abc"), "not 64 hexadecimal digits"},
		{"no digits", "/kubectl.sha256", text(strings.Repeat("z", 64)), "not 64 hexadecimal digits"},
		{"another file's", "/runc.sha256sum", text(fakeSum("x") + "  runc.arm64\n"), "it has no checksum of runc.amd64"},
		{"two for one file", "/SHA256SUMS", text(fakeSum("x") + "  " + archiveOf("calico") + "\n" + fakeSum("y") + "  " + archiveOf("calico") + "\n"), "2 different checksums"},
		{"an index without the chart", "/index.yaml", text("entries: {}\n"), "it has no checksum of " + archiveOf("prometheus")},
		{"an index that is none", "/index.yaml", text("entries: 1\n"), "not the index of a Helm repository"},
		{"an index without digest", "/index.yaml", text("entries: {a: [{urls: [" + archiveOf("prometheus") + "]}]}"), "not 64 hexadecimal digits"},
		{"not there", "/kubelet.sha256", http.NotFound, "404 Not Found"},
		{"another scheme", "/kubelet.sha256", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.1:1/x", http.StatusFound)
		}, "a redirect from http to https is not followed"},
		{"a circle", "/kubelet.sha256", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "more than 10 redirects"},
		{"cut off", "/kubelet.sha256", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "64")
			fmt.Fprint(w, "abc")
		}, "unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, u := disk(t), newUpstream(t)
			u.say[test.end] = test.say
			before := contents(t, dir)
			_, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if after := contents(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Error("something was written")
			}
		})
	}
}

func TestUpdateFollowsARedirectOfTheSameScheme(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	u.say["/kubelet.sha256"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }
	u.say["/elsewhere"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, fakeSum("kubelet")) }
	if _, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL}); err != nil {
		t.Error(err)
	}
}

func TestUpdateSaysThatAReleasedFileWasReplaced(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	if _, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL}); err != nil {
		t.Fatal(err)
	}
	u.say["/kubelet.sha256"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, fakeSum("other")) }
	_, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL})
	if err == nil || !strings.Contains(err.Error(), "the released file was replaced") {
		t.Error(err)
	}
}

func TestNewestRefusesWhatIsNoRelease(t *testing.T) {
	dir, u := disk(t), newUpstream(t)
	u.say["/stable-1.34.txt"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "v1.35.1") }
	_, err := Update(context.Background(), UpdateOptions{Dir: dir, Mirror: u.URL, Newest: true})
	if err == nil || !strings.Contains(err.Error(), "is not a release of v1.34") {
		t.Error(err)
	}
}

func TestFetch(t *testing.T) {
	body := []byte("program")
	u := newUpstream(t)
	u.say["/program"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }
	d := Download{URL: "https://example.org/program", SHA256: fakeSum("program")}
	got, err := Fetch(context.Background(), nil, u.URL+"/", d)
	if err != nil || !bytes.Equal(got, body) {
		t.Error(got, err)
	}
	body = []byte("other")
	if _, err = Fetch(context.Background(), nil, u.URL, d); err == nil || !strings.Contains(err.Error(), "its SHA-256 is") {
		t.Error(err)
	}
	d.SHA256 = ""
	if _, err = Fetch(context.Background(), nil, u.URL, d); !errors.Is(err, ErrNoChecksum) {
		t.Error(err)
	}
}

func TestReplaceLeavesNothingBehind(t *testing.T) {
	err := replace(filepath.Join(t.TempDir(), "not", "there"), nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
