package gitsource

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/crypto/ssh"

	"github.com/heatsync/heatsync/test/port"
)

// sshHost is a real sshd on loopback with keys of its own.
type sshHost struct {
	dir, port string
	key       string
	keys      []string // public host keys, one per kind
}

func serveSSH(t *testing.T) *sshHost {
	t.Helper()
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		if sshd, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			t.Skip("no sshd here: install openssh-server")
		}
	}
	h := &sshHost{dir: t.TempDir()}
	h.key = h.keygen(t, "ed25519", "client")
	h.config(t)
	h.start(t, sshd)
	return h
}

func (h *sshHost) file(name string) string { return filepath.Join(h.dir, name) }

func (h *sshHost) keygen(t *testing.T, kind, name string) string {
	t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", h.file(name)).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v %s", err, out)
	}
	return h.file(name)
}

func (h *sshHost) public(t *testing.T, key string) string {
	t.Helper()
	b, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b))[:2], " ")
}

func (h *sshHost) config(t *testing.T) {
	t.Helper()
	var conf strings.Builder
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		key := h.keygen(t, kind, "host_"+kind)
		fmt.Fprintf(&conf, "HostKey %s\n", key)
		h.keys = append(h.keys, h.public(t, key))
	}
	fmt.Fprintf(&conf, "AuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n", h.file("authorized"))
	fmt.Fprintf(&conf, "KbdInteractiveAuthentication no\nPermitRootLogin yes\nPidFile %s\nLogLevel VERBOSE\n", h.file("pid"))
	writeFiles(t, h.dir, map[string]string{"conf": conf.String(), "authorized": h.public(t, h.key) + "\n"})
}

func (h *sshHost) start(t *testing.T, sshd string) {
	t.Helper()
	if os.Getuid() == 0 {
		// sshd run by root wants its privilege separation folder.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	address := port.For(t)
	_, h.port, _ = net.SplitHostPort(address)
	cmd := exec.Command(sshd, "-D", "-e", "-f", h.file("conf"), "-o", "ListenAddress="+address)
	log, err := os.Create(h.file("log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			b, _ := os.ReadFile(h.file("log"))
			t.Logf("sshd:\n%s", b)
		}
	})
	deadline := time.Now().Add(30 * time.Second)
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("sshd does not listen: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (h *sshHost) options(t *testing.T, bare string, known ...string) Options {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions(t, fmt.Sprintf("ssh://%s@127.0.0.1:%s%s", me.Username, h.port, bare))
	o.Auth = Auth{SSHKeyFile: h.key, KnownHostsFile: secretFile(t, strings.Join(known, "\n")+"\n")}
	return o
}

// knows is a known_hosts line for this host.
func (h *sshHost) knows(key string) string { return fmt.Sprintf("[127.0.0.1]:%s %s", h.port, key) }

func TestSSH(t *testing.T) {
	h := serveSSH(t)
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	alien := h.public(t, h.keygen(t, "ed25519", "alien"))
	other := "other.example.org " + alien

	t.Run("each kind of host key", func(t *testing.T) {
		for _, key := range h.keys {
			mustLatest(t, mustOpen(t, h.options(t, u.bare, other, h.knows(key), "[127.0.0.1]:1 "+alien)))
		}
		mustLatest(t, mustOpen(t, h.options(t, u.bare, h.knows(h.keys[2]), other, h.knows(h.keys[0]), h.knows(h.keys[1]))))
	})
	t.Run("follows", func(t *testing.T) {
		s := mustOpen(t, h.options(t, u.bare, h.knows(h.keys[0])))
		mustLatest(t, s)
		u.commit("two", map[string]string{"a.yaml": "b"})
		two, changed := mustLatest(t, s)
		if !changed || contents(t, two)["a.yaml"] != "b" || two.Revision().Former != "" {
			t.Fatalf("changed %v, revision %+v", changed, two.Revision())
		}
		u.git("commit", "-q", "--amend", "-m", "amended")
		u.git("push", "-q", "-f", "origin", "HEAD")
		if three, _ := mustLatest(t, s); three.Revision().Former == "" {
			t.Fatal("an amended commit is not seen as rewritten history")
		}
	})
	look := func(t *testing.T, o Options) error {
		t.Helper()
		_, _, err := mustOpen(t, o).Latest(t.Context())
		return err
	}
	t.Run("host key unknown", func(t *testing.T) {
		wantReason(t, look(t, h.options(t, u.bare, other)), HostKeyUnknown)
	})
	t.Run("host key mismatch", func(t *testing.T) {
		wantReason(t, look(t, h.options(t, u.bare, h.knows(alien))), HostKeyMismatch)
	})
	t.Run("key refused", func(t *testing.T) {
		o := h.options(t, u.bare, h.knows(h.keys[0]))
		o.Auth.SSHKeyFile = h.keygen(t, "ecdsa", "stranger")
		wantReason(t, look(t, o), AuthRefused)
	})
	t.Run("key file", func(t *testing.T) {
		o := h.options(t, u.bare, h.knows(h.keys[0]))
		o.Auth.SSHKeyFile = secretFile(t, "no key")
		wantReason(t, look(t, o), Credentials)
		o.Auth.SSHKeyFile = h.file("none")
		wantReason(t, look(t, o), Credentials)
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "words", "-f", h.file("locked")).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		o.Auth.SSHKeyFile = h.file("locked")
		wantReason(t, look(t, o), Credentials)
	})
	t.Run("repository gone", func(t *testing.T) {
		wantReason(t, look(t, h.options(t, u.bare+"nope", h.knows(h.keys[0]))), RepositoryGone)
	})
	t.Run("repository empty", func(t *testing.T) {
		wantReason(t, look(t, h.options(t, newUpstream(t).bare, h.knows(h.keys[0]))), RepositoryEmpty)
	})
	t.Run("path with quotes", func(t *testing.T) {
		odd := filepath.Join(u.root, "it's !odd.git")
		if err := os.Symlink(u.bare, odd); err != nil {
			t.Fatal(err)
		}
		mustLatest(t, mustOpen(t, h.options(t, strings.ReplaceAll(odd, " ", "%20"), h.knows(h.keys[0]))))
	})
}

// overtaken is a way in that the server has left by the time its end is told:
// git-upload-pack answers at "done" and does not wait for the end of input.
type overtaken struct {
	io.WriteCloser
	session *ssh.Session
}

func (o overtaken) Write(p []byte) (int, error) {
	n, err := o.WriteCloser.Write(p)
	_ = o.session.Wait()
	return n, err
}

func TestSSHAnswersBeforeTheRequestIsClosed(t *testing.T) {
	h := serveSSH(t)
	u := newUpstream(t)
	u.commit("one", map[string]string{"a.yaml": "a"})
	o := h.options(t, u.bare, h.knows(h.keys[0]))
	loc, err := parseLocation(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dialSSH(t.Context(), o, loc)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.stdin = overtaken{c.stdin, c.session}
	w := &wire{conversation: c, opts: o, loc: loc}
	refs, err := w.references(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	up, err := w.request(request{wants: []plumbing.Hash{refs.named["HEAD"]}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := encodeRequest(up)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.ask(t.Context(), body)
	if err != nil {
		t.Fatalf("ask: %v", err)
	}
	if got, err := io.ReadAll(answer); err != nil || !bytes.Contains(got, []byte("PACK")) {
		t.Fatalf("the answer is %q, %v", got, err)
	}
}

// A server that accepts and says nothing must not hold a look for longer than
// its timeout.
func TestSilentSSHServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h := &sshHost{dir: t.TempDir()}
	h.key = h.keygen(t, "ed25519", "client")
	_, h.port, _ = net.SplitHostPort(l.Addr().String())
	o := h.options(t, "/repo.git", h.knows(h.public(t, h.key)))
	o.Timeout = 100 * time.Millisecond
	_, _, err = mustOpen(t, o).Latest(context.Background())
	wantReason(t, err, Timeout)
}
