package gitsource

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// sshConversation runs git-upload-pack on the server over SSH. It reads no
// ssh_config and no agent: what the options name is all there is.
type sshConversation struct {
	loc     location
	client  *ssh.Client
	session *ssh.Session
	stdin   io.WriteCloser
	stdout  io.Reader
	stderr  head
	stop    func() bool
}

var _ conversation = (*sshConversation)(nil)

func dialSSH(ctx context.Context, opts Options, loc location) (*sshConversation, error) {
	config, err := sshConfig(opts.Auth, loc)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", loc.address())
	if err != nil {
		return nil, err
	}
	// Neither the handshake nor a session knows a context: closing the
	// connection is what ends them.
	c := &sshConversation{loc: loc, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	sc, channels, requests, err := ssh.NewClientConn(conn, loc.address(), config)
	if err != nil {
		_ = conn.Close()
		c.stop()
		return nil, handshakeFault(ctx, loc, err)
	}
	c.client = ssh.NewClient(sc, channels, requests)
	if err := c.start(); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func sshConfig(auth Auth, loc location) (*ssh.ClientConfig, error) {
	key, err := readBounded(auth.SSHKeyFile)
	if err != nil {
		return nil, fault(Credentials, err, "read SSH key file")
	}
	signer, err := ssh.ParsePrivateKey(key)
	if _, ok := errors.AsType[*ssh.PassphraseMissingError](err); ok {
		return nil, fault(Credentials, nil, "SSH key file %q asks for a passphrase: use a key without one", auth.SSHKeyFile)
	}
	if err != nil {
		return nil, fault(Credentials, nil, "SSH key file %q holds no private key", auth.SSHKeyFile)
	}
	db, err := knownhosts.NewDB(auth.KnownHostsFile)
	if err != nil {
		return nil, fault(Credentials, err, "read known_hosts file")
	}
	return &ssh.ClientConfig{
		User:            loc.user,
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: db.HostKeyCallback(),
		// Only kinds of keys the file has for this host are negotiated; else
		// a host with several keys is taken for an impostor (go-git 1551).
		HostKeyAlgorithms: db.HostKeyAlgorithms(loc.address()),
		ClientVersion:     "SSH-2.0-heatsync",
	}, nil
}

func handshakeFault(ctx context.Context, loc location, err error) error {
	switch {
	case knownhosts.IsHostKeyChanged(err):
		return fault(HostKeyMismatch, nil, "the SSH host key of %q is not the one in known_hosts", loc)
	case knownhosts.IsHostUnknown(err):
		return fault(HostKeyUnknown, nil, "the SSH host key of %q is not in known_hosts", loc)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fault(AuthRefused, nil, "%q refuses the SSH key", loc)
	case strings.Contains(err.Error(), "no common algorithm for host key"):
		return fault(HostKeyMismatch, nil, "%q has no SSH host key of a kind that is in known_hosts", loc)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fault(Unreachable, err, "the SSH handshake with %q fails", loc)
}

func (c *sshConversation) start() (err error) {
	if c.session, err = c.client.NewSession(); err != nil {
		return err
	}
	if c.stdin, err = c.session.StdinPipe(); err != nil {
		return err
	}
	if c.stdout, err = c.session.StdoutPipe(); err != nil {
		return err
	}
	c.session.Stderr = &c.stderr
	return c.session.Start("git-upload-pack " + shellQuote(c.loc.path))
}

// shellQuote is git's sq_quote_buf: git-shell and every POSIX shell undo it.
func shellQuote(s string) string {
	return "'" + strings.NewReplacer(`'`, `'\''`, `!`, `'\!'`).Replace(s) + "'"
}

func (c *sshConversation) hear(ctx context.Context) (io.ReadCloser, error) {
	return io.NopCloser(&sshReader{c: c, ctx: ctx}), nil
}

func (c *sshConversation) ask(ctx context.Context, body []byte) (io.ReadCloser, error) {
	// The server's program ends with its answer, not with our input, so it may
	// have left before we are done: io.EOF, or at the close whatever became of
	// the connection. The answer may be whole; what there is of it tells.
	if _, err := c.stdin.Write(body); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	_ = c.stdin.Close()
	return io.NopCloser(&sshReader{c: c, ctx: ctx}), nil
}

// Close implements io.Closer.
func (c *sshConversation) Close() error {
	c.stop()
	if c.session != nil {
		_ = c.session.Close()
	}
	return c.client.Close()
}

// sshReader reads what the server's program says. Where it says nothing, the
// reason is on its standard error.
type sshReader struct {
	c    *sshConversation
	ctx  context.Context
	some bool
}

// Read implements io.Reader.
func (r *sshReader) Read(p []byte) (int, error) {
	n, err := r.c.stdout.Read(p)
	r.some = r.some || n > 0
	if err == nil || n > 0 {
		return n, err
	}
	if r.ctx.Err() != nil {
		return 0, r.ctx.Err()
	}
	if !r.some {
		// Wait returns once standard error has been read to its end.
		_ = r.c.session.Wait()
		if said := strings.TrimSpace(r.c.stderr.String()); said != "" {
			return 0, complaint(r.c.loc, said)
		}
	}
	return 0, err
}
